/* ballast.h: a watch over free disk space, with a file that can be given up. Private to state/.
 * Thread: the committer's. */
#ifndef STATE_BALLAST_H
#define STATE_BALLAST_H

#include <stdbool.h>
#include <stddef.h>

#include "state/database.h"

struct ballast {
    char path[4200];
    char dir[4096];
    size_t bytes;         /* 0: no ballast and no watch */
    bool is_laid;         /* the file exists at full size */
    unsigned good_checks; /* in a row with plenty of space */
};

/* Lays the file where there is room for it. Never fails: without room it stays given up. */
void ballast_init(struct ballast *ballast, const struct database *database, size_t bytes);
/* Removes the file: it is only of use while the committer runs. */
void ballast_release(struct ballast *ballast);

/* True when less than bytes is free. Thread: any. */
bool ballast_space_is_low(const struct ballast *ballast);

/* The same, and lays the file again after two checks with room for
 * several. */
bool ballast_check(struct ballast *ballast);

/* Gives the file up; true when that freed anything. */
bool ballast_drop(struct ballast *ballast);

#endif
