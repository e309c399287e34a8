/* ballast.c
 *
 * On a full disk nothing can be written, deletions included, because the write-ahead log must
 * grow first. The ballast is a file of reserved space: giving it up lets what was accepted be
 * written and old records be deleted. It is laid again only after two checks in a row found room
 * for three of it, so that it does not flutter.
 */
#include "state/ballast.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "state/database_parts.h"

enum { GOOD_CHECKS_NEEDED = 2, ROOM_FACTOR = 3 };

static size_t free_bytes(const struct ballast *ballast)
{
    struct statvfs info;
    if (statvfs(ballast->dir, &info) != 0) {
        return SIZE_MAX; /* no answer is no reason to refuse work */
    }
    return (size_t)info.f_bavail * (size_t)info.f_frsize;
}

static void lay(struct ballast *ballast)
{
    const int fd = open(ballast->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return;
    }
    ballast->is_laid = posix_fallocate(fd, 0, (off_t)ballast->bytes) == 0;
    close(fd);
    if (!ballast->is_laid) {
        unlink(ballast->path);
    }
}

void ballast_init(struct ballast *ballast, const struct database *database, size_t bytes)
{
    memset(ballast, 0, sizeof(*ballast));
    ballast->bytes = bytes;
    snprintf(ballast->dir, sizeof(ballast->dir), "%s", database->dir);
    snprintf(ballast->path, sizeof(ballast->path), "%s/leat.ballast", database->dir);
    if (bytes > 0 && free_bytes(ballast) / ROOM_FACTOR >= bytes) {
        lay(ballast);
    }
}

void ballast_release(struct ballast *ballast)
{
    ballast_drop(ballast);
}

bool ballast_space_is_low(const struct ballast *ballast)
{
    return ballast->bytes > 0 && free_bytes(ballast) < ballast->bytes;
}

bool ballast_check(struct ballast *ballast)
{
    if (ballast->bytes == 0) {
        return false;
    }
    const size_t free_now = free_bytes(ballast);
    const bool has_room = free_now / ROOM_FACTOR >= ballast->bytes;
    ballast->good_checks = has_room ? ballast->good_checks + 1 : 0;
    if (!ballast->is_laid && ballast->good_checks >= GOOD_CHECKS_NEEDED) {
        lay(ballast);
    }
    return free_now < ballast->bytes;
}

bool ballast_drop(struct ballast *ballast)
{
    if (!ballast->is_laid) {
        return false;
    }
    ballast->is_laid = false;
    return unlink(ballast->path) == 0;
}
