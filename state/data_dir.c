/* data_dir.c
 *
 * SQLite itself lets two processes share a file, which would break the rule of one writer and one
 * memory of what was written. An flock on a file beside it keeps others out; it belongs to the open
 * file, so that a second opening in the same process is refused as well, and it dies with the
 * process, so that no stale lock has to be cleaned up. The data file itself is looked at with
 * lstat only: opening and closing it would drop SQLite's own locks on it.
 */
#include "state/data_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Where several hosts may see one file, but not one memory: statfs(2)'s magic numbers. */
static const struct {
    unsigned long magic;
    const char *name;
} network_file_systems[] = {
    {0x6969, "NFS"},     {0x517B, "SMB"},      {0xFF534D42, "CIFS"},   {0xFE534D42, "SMB"},
    {0x5346414F, "AFS"}, {0x00C36400, "Ceph"}, {0x0BD00BD0, "Lustre"}, {0x65735546, "FUSE"},
};

static enum status fail_errno(const char *doing, const char *path, struct diag *diag)
{
    const int code = errno;
    const enum status status = code == ENOSPC ? STATUS_LIMIT : STATUS_IO;
    return diag_fail(diag, status, SQL_POS_NONE, "cannot %s \"%s\": %s", doing, path,
                     strerror(code));
}

static enum status check_file_system(const char *dir, struct diag *diag)
{
    struct statfs info;
    if (statfs(dir, &info) != 0) {
        return fail_errno("look at", dir, diag);
    }
    for (size_t i = 0; i < sizeof(network_file_systems) / sizeof(network_file_systems[0]); i++) {
        if (((unsigned long)info.f_type & 0xFFFFFFFFUL) == network_file_systems[i].magic) {
            return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                             "data directory \"%s\" is on %s, where the data file is not safe; "
                             "use a local file system",
                             dir, network_file_systems[i].name);
        }
    }
    return STATUS_OK;
}

enum status data_dir_prepare(const char *dir, bool network_fs_is_permitted, char *out,
                             size_t out_bytes, struct diag *diag)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        return fail_errno("make data directory", dir, diag);
    }
    char resolved[PATH_MAX];
    if (!realpath(dir, resolved)) {
        return fail_errno("find data directory", dir, diag);
    }
    struct stat info;
    if (stat(resolved, &info) != 0) {
        return fail_errno("look at", dir, diag);
    }
    if (!S_ISDIR(info.st_mode)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "\"%s\" is not a directory", dir);
    }
    if (strlen(resolved) >= out_bytes) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "the path \"%.200s...\" is too long",
                         resolved);
    }
    if (!network_fs_is_permitted) {
        TRY(check_file_system(resolved, diag));
    }
    memcpy(out, resolved, strlen(resolved) + 1);
    return STATUS_OK;
}

enum status data_dir_prepare_temporary(char *out, size_t out_bytes, struct diag *diag)
{
    const char *chosen = getenv("TMPDIR");
    const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    const char *parent = chosen && chosen[0] ? chosen : memory; /* on disk each file costs ms */
    char resolved[PATH_MAX];
    if (!realpath(parent, resolved)) {
        return fail_errno("find temporary directory", parent, diag);
    }
    const int length = snprintf(out, out_bytes, "%s/leat-XXXXXX", resolved);
    if (length < 0 || (size_t)length >= out_bytes) {
        return diag_fail(diag, STATUS_LIMIT, SQL_POS_NONE, "the path of TMPDIR is too long");
    }
    return mkdtemp(out) ? STATUS_OK : fail_errno("make temporary directory", out, diag);
}

void data_dir_remove_temporary(const char *dir)
{
    static const char *const names[] = {"leat.db", "leat.db-wal", "leat.db-shm", "leat.lock",
                                        "leat.ballast"};
    char path[PATH_MAX + 32];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

static enum status fail_in_use(const char *dir, int fd, struct diag *diag)
{
    char owner[32] = {0};
    const ssize_t got = pread(fd, owner, sizeof(owner) - 1, 0);
    const bool is_known = got > 0 && owner[0] >= '0' && owner[0] <= '9';
    owner[strcspn(owner, "\n")] = '\0';
    return diag_fail(diag, STATUS_CONFLICT, SQL_POS_NONE,
                     "data directory \"%s\" is in use by process %s", dir,
                     is_known ? owner : "(unknown)");
}

enum status data_dir_lock(const char *dir, int *out_fd, struct diag *diag)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof(path), "%s/leat.lock", dir);
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return fail_errno("open lock file", path, diag);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const enum status status =
            errno == EWOULDBLOCK ? fail_in_use(dir, fd, diag) : fail_errno("lock", path, diag);
        close(fd);
        return status;
    }
    /* Only for the message above: when it cannot be written, the lock still holds. */
    if (ftruncate(fd, 0) == 0) {
        (void)dprintf(fd, "%ld\n", (long)getpid());
    }
    *out_fd = fd;
    return STATUS_OK;
}

enum status data_dir_check_file(const char *path, struct diag *diag)
{
    struct stat info;
    if (lstat(path, &info) != 0) {
        return errno == ENOENT ? STATUS_OK : fail_errno("look at", path, diag);
    }
    if (S_ISLNK(info.st_mode) || info.st_nlink > 1) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE,
                         "\"%s\" is a symbolic link or has a second name (hard link); the data "
                         "file must have one name",
                         path);
    }
    if (!S_ISREG(info.st_mode)) {
        return diag_fail(diag, STATUS_INVALID, SQL_POS_NONE, "\"%s\" is not a file", path);
    }
    return STATUS_OK;
}
