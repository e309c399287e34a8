/* data_dir.h: the directory around leat.db: made, checked and locked. Private to state/. */
#ifndef STATE_DATA_DIR_H
#define STATE_DATA_DIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Makes dir when absent (its parent must exist) and writes its absolute path, free of symbolic
 * links, to out. STATUS_INVALID when it is no directory, or on a network file system that is not
 * permitted. */
MUST_USE enum status data_dir_prepare(const char *dir, bool network_fs_is_permitted, char *out,
                                      size_t out_bytes, struct diag *diag);
/* Makes a directory that nobody else uses: under TMPDIR, else in memory, else under /tmp. */
MUST_USE enum status data_dir_prepare_temporary(char *out, size_t out_bytes, struct diag *diag);
/* Removes what Leat keeps in a temporary directory, and the directory. */
void data_dir_remove_temporary(const char *dir);

/* Takes the lock file of dir; STATUS_CONFLICT, naming the process, when another holds it. The lock
 * ends when *out_fd is closed, and with the process. */
MUST_USE enum status data_dir_lock(const char *dir, int *out_fd, struct diag *diag);

/* STATUS_INVALID unless path is absent or a regular file with one name: with two names there would
 * be two write-ahead logs. */
MUST_USE enum status data_dir_check_file(const char *path, struct diag *diag);

#endif
