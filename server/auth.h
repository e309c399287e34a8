/* auth.h: HTTP Basic credentials against a file of salted hashes.
 *
 * The file has one "name:hash" per line, the hash as crypt(3) writes it (mkpasswd, openssl passwd
 * -6, htpasswd -B); empty lines and lines that start with '#' do not count. The file is read once.
 * Thread: any. */
#ifndef SERVER_AUTH_H
#define SERVER_AUTH_H

#include "base/status.h"
#include "base/text.h"

struct auth;

/* STATUS_IO when the file cannot be read; STATUS_INVALID when others may write or read it, or a
 * line is not as above, or there is no user. */
MUST_USE enum status auth_open(const char *path, struct auth **out, struct diag *diag);
void auth_close(struct auth *auth);

enum auth_result {
    AUTH_REFUSED,
    AUTH_GRANTED,
    AUTH_UNKNOWN, /* only hashing can tell */
};

/* What can be said of an Authorization header without hashing. */
enum auth_result auth_quick_check(struct auth *auth, struct text header);
/* Grants or refuses. Takes milliseconds unless the same credentials were granted lately; a few
 * callers at a time hash, the others wait. */
enum auth_result auth_check(struct auth *auth, struct text header);

#endif
