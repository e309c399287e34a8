/* base64.h: RFC 4648 base64 with padding, as java.util.Base64's basic encoder and decoder.
 * Thread: any. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

#include "base/status.h"
#include "base/text.h"

/* Exact length of the encoding of so many bytes. */
static inline size_t base64_encoded_bytes(size_t bytes)
{
    return (bytes + 2) / 3 * 4;
}

/* At least the length of any decoding of so many characters. */
static inline size_t base64_decoded_bytes_max(size_t bytes)
{
    return (bytes + 3) / 4 * 3;
}

/* Writes base64_encoded_bytes(data.bytes) characters without line breaks or NUL. */
size_t base64_encode(char *out, struct text data);

/* Decodes all of text into out, which has room for base64_decoded_bytes_max(text.bytes); out may
 * be overwritten even on failure. Padding may be missing altogether; no other character than
 * the 64 and '=' may stand anywhere. STATUS_INVALID with the message of Java's decoder. */
MUST_USE enum status base64_decode(struct text text, char *out, size_t *out_bytes,
                                   struct diag *diag);

#endif
