/* md5.h: the MD5 digest (RFC 1321), for the SQL function of that name only: it is no protection
 * against anyone. Thread: any. */
#ifndef FUNCTIONS_MD5_H
#define FUNCTIONS_MD5_H

#include "base/text.h"

enum { MD5_BYTES = 16 };

void md5_digest(struct text data, unsigned char out[MD5_BYTES]);

#endif
