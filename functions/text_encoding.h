/* text_encoding.h: bytes as text in hex, utf8, ascii or base64, and back.
 *
 * For ENCODE, FROM_BYTES and TO_BYTES, which are strict and lenient in different ways. Results
 * live in the call's arena or are the argument itself. Bad text fails the call.
 * Thread: any. */
#ifndef FUNCTIONS_TEXT_ENCODING_H
#define FUNCTIONS_TEXT_ENCODING_H

#include "functions/function.h"

enum text_encoding { ENCODING_HEX, ENCODING_UTF8, ENCODING_ASCII, ENCODING_BASE64, ENCODING_NONE };

/* By name, in any case; ENCODING_NONE for others. */
enum text_encoding text_encoding_of(struct text name);

/* Bytes to text: malformed utf8 and ascii become U+FFFD, hex digits are upper-case or lower-case
 * as asked for, base64 has no line breaks. */
MUST_USE enum status text_encode(struct function_call *call, enum text_encoding encoding,
                                 bool is_upper, struct text bytes, struct text *out);

/* Text to bytes: what is not ASCII becomes '?', hex is an even number of digits, base64 as the
 * strict decoder of base/base64.h has it. */
MUST_USE enum status text_decode(struct function_call *call, enum text_encoding encoding,
                                 struct text text, struct text *out);

/* Base64 in which every character beyond the two alphabets (+/ and -_) is skipped. */
MUST_USE enum status text_decode_base64_leniently(struct function_call *call, struct text text,
                                                  struct text *out);

#endif
