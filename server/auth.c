/* auth.c
 *
 * Hashes are meant to be slow, so a header that was granted is remembered for some minutes and
 * compared byte by byte in constant time; that holds no more in memory than the request itself
 * did. An unknown name is hashed against the first user's hash, so that it takes as long as a
 * wrong password. At most HASHING_MAX callers hash at once: otherwise wrong passwords would be the
 * cheapest way to stop the server.
 */
#include "server/auth.h"

#include <assert.h>
#include <crypt.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/memory.h"
#include "server/clock.h"
#include "server/limits.h"

enum {
    USER_COUNT_MAX = 1000,
    LINE_BYTES_MAX = 1024,
    CREDENTIAL_BYTES_MAX = 512, /* of "name:password"; crypt(3) takes 512 */
    HASHING_MAX = 2,
};

struct user {
    char *name;
    char *hash;
    char granted[CREDENTIAL_BYTES_MAX + 1]; /* the "name:password" that was granted last */
    size_t granted_bytes;
    int64_t granted_ms; /* when; monotonic */
};

struct auth {
    pthread_mutex_t lock; /* granted* of every user */
    sem_t hashing;
    struct user *users;
    size_t user_count;
};

/* --- The file --------------------------------------------------------------------------------- */

static char *copy_string(const char *from, size_t bytes)
{
    char *copy = memory_alloc(bytes + 1);
    if (copy) {
        memcpy(copy, from, bytes);
        copy[bytes] = '\0';
    }
    return copy;
}

static enum status add_user(struct auth *auth, const char *line, size_t name_bytes,
                            struct diag *diag)
{
    struct user *user = &auth->users[auth->user_count];
    *user = (struct user){
        .name = copy_string(line, name_bytes),
        .hash = copy_string(line + name_bytes + 1, strcspn(line + name_bytes + 1, ":\r\n"))};
    auth->user_count++;
    return user->name && user->hash ? STATUS_OK : diag_no_memory(diag);
}

static enum status take_line(struct auth *auth, const char *line, int number, struct diag *diag)
{
    const size_t name_bytes = strcspn(line, ":\r\n");
    if (name_bytes == 0 || line[0] == '#') {
        return STATUS_OK;
    }
    const bool has_hash = line[name_bytes] == ':' && line[name_bytes + 1] == '$';
    if (!has_hash || auth->user_count == USER_COUNT_MAX) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "line %d of the password file is not name:$id$salt$hash, or is one user "
                         "too many",
                         number);
    }
    return add_user(auth, line, name_bytes, diag);
}

static enum status check_mode(FILE *file, const char *path, struct diag *diag)
{
    struct stat info;
    if (fstat(fileno(file), &info) != 0 || (info.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "'%s' must not be readable or writable by others (chmod 600)", path);
    }
    return STATUS_OK;
}

static enum status read_users(struct auth *auth, const char *path, struct diag *diag)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        return diag_fail(diag, STATUS_IO, SQL_POS_NONE, "cannot read '%s': %s", path,
                         strerror(errno));
    }
    char line[LINE_BYTES_MAX];
    enum status status = check_mode(file, path, diag);
    for (int number = 1; status == STATUS_OK && fgets(line, sizeof(line), file); number++) {
        status = take_line(auth, line, number, diag);
    }
    (void)fclose(file);
    if (status == STATUS_OK && auth->user_count == 0) {
        status = diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "'%s' names no user", path);
    }
    return status;
}

enum status auth_open(const char *path, struct auth **out, struct diag *diag)
{
    struct auth *auth = memory_zalloc(sizeof(*auth));
    if (!auth) {
        return diag_no_memory(diag);
    }
    pthread_mutex_init(&auth->lock, NULL);
    (void)sem_init(&auth->hashing, 0, HASHING_MAX);
    auth->users = memory_zalloc(USER_COUNT_MAX * sizeof(*auth->users));
    const enum status status = auth->users ? read_users(auth, path, diag) : diag_no_memory(diag);
    if (status != STATUS_OK) {
        auth_close(auth);
        return status;
    }
    *out = auth;
    return STATUS_OK;
}

void auth_close(struct auth *auth)
{
    if (!auth) {
        return;
    }
    for (size_t i = 0; i < auth->user_count; i++) {
        memory_free(auth->users[i].name);
        memory_free(auth->users[i].hash);
    }
    memory_free(auth->users);
    (void)sem_destroy(&auth->hashing);
    pthread_mutex_destroy(&auth->lock);
    memory_free(auth);
}

/* --- Checking --------------------------------------------------------------------------------- */

/* What a header says: "name:password" and where the colon is. */
struct credentials {
    char text[CREDENTIAL_BYTES_MAX + 1];
    size_t bytes;
    size_t name_bytes;
};

static bool parse_header(struct text header, struct credentials *out)
{
    const struct text scheme = TEXT("Basic ");
    if (header.bytes <= scheme.bytes ||
        !text_equal_nocase((struct text){header.data, scheme.bytes}, scheme)) {
        return false;
    }
    const struct text encoded = {header.data + scheme.bytes, header.bytes - scheme.bytes};
    if (base64_decoded_bytes_max(encoded.bytes) > CREDENTIAL_BYTES_MAX ||
        base64_decode(encoded, out->text, &out->bytes, NULL) != STATUS_OK ||
        memchr(out->text, '\0', out->bytes)) {
        return false;
    }
    const char *colon = memchr(out->text, ':', out->bytes);
    if (!colon) {
        return false;
    }
    out->text[out->bytes] = '\0';
    out->name_bytes = (size_t)(colon - out->text);
    return true;
}

/* As memcmp for equality, in a time that depends on bytes only. */
static bool equal_in_constant_time(const char *a, const char *b, size_t bytes)
{
    unsigned char difference = 0;
    for (size_t i = 0; i < bytes; i++) {
        difference |= (unsigned char)(a[i] ^ b[i]);
    }
    return difference == 0;
}

static struct user *find_user(struct auth *auth, const struct credentials *credentials)
{
    const struct text name = {credentials->text, credentials->name_bytes};
    for (size_t i = 0; i < auth->user_count; i++) {
        if (text_equal(text_of(auth->users[i].name), name)) {
            return &auth->users[i];
        }
    }
    return NULL;
}

static bool was_granted_lately(struct auth *auth, struct user *user,
                               const struct credentials *credentials)
{
    pthread_mutex_lock(&auth->lock);
    const bool was_granted =
        user->granted_bytes > 0 && user->granted_bytes == credentials->bytes &&
        clock_ms() - user->granted_ms < PASSWORD_CACHE_MS &&
        equal_in_constant_time(user->granted, credentials->text, credentials->bytes);
    pthread_mutex_unlock(&auth->lock);
    return was_granted;
}

static void remember(struct auth *auth, struct user *user, const struct credentials *credentials)
{
    pthread_mutex_lock(&auth->lock);
    memcpy(user->granted, credentials->text, credentials->bytes + 1);
    user->granted_bytes = credentials->bytes;
    user->granted_ms = clock_ms();
    pthread_mutex_unlock(&auth->lock);
}

/* crypt_r wants 32 KiB of scratch, too much for a thread's stack. */
static bool hash_matches(struct auth *auth, const char *password, const char *hash)
{
    struct crypt_data *scratch = memory_zalloc(sizeof(*scratch));
    if (!scratch) {
        return false;
    }
    while (sem_wait(&auth->hashing) != 0 && errno == EINTR) {
    }
    const char *computed = crypt_r(password, hash, scratch);
    (void)sem_post(&auth->hashing);
    const size_t bytes = strlen(hash);
    const bool matches =
        computed && strlen(computed) == bytes && equal_in_constant_time(computed, hash, bytes);
    explicit_bzero(scratch, sizeof(*scratch));
    memory_free(scratch);
    return matches;
}

enum auth_result auth_quick_check(struct auth *auth, struct text header)
{
    struct credentials credentials;
    if (!parse_header(header, &credentials)) {
        return AUTH_REFUSED;
    }
    struct user *user = find_user(auth, &credentials);
    return user && was_granted_lately(auth, user, &credentials) ? AUTH_GRANTED : AUTH_UNKNOWN;
}

enum auth_result auth_check(struct auth *auth, struct text header)
{
    struct credentials credentials;
    if (!parse_header(header, &credentials)) {
        return AUTH_REFUSED;
    }
    struct user *user = find_user(auth, &credentials);
    if (user && was_granted_lately(auth, user, &credentials)) {
        return AUTH_GRANTED;
    }
    const char *password = credentials.text + credentials.name_bytes + 1;
    const char *hash = user ? user->hash : auth->users[0].hash;
    const bool matches = hash_matches(auth, password, hash);
    if (!matches || !user) {
        return AUTH_REFUSED;
    }
    remember(auth, user, &credentials);
    return AUTH_GRANTED;
}
