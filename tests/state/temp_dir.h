/* temp_dir.h: a fresh directory for a test, removed with all that is in it. */
#ifndef TESTS_STATE_TEMP_DIR_H
#define TESTS_STATE_TEMP_DIR_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct temp_dir {
    char path[256];
};

static inline struct temp_dir temp_dir_make(void)
{
    struct temp_dir dir;
    const char *parent = getenv("TMPDIR");
    snprintf(dir.path, sizeof(dir.path), "%s/leat-test-XXXXXX", parent ? parent : "/tmp");
    if (!mkdtemp(dir.path)) {
        abort();
    }
    return dir;
}

static inline void temp_dir_remove(const struct temp_dir *dir)
{
    DIR *listing = opendir(dir->path);
    for (struct dirent *entry; listing && (entry = readdir(listing)) != NULL;) {
        char path[600];
        snprintf(path, sizeof(path), "%s/%s", dir->path, entry->d_name);
        if (entry->d_name[0] != '.') {
            (void)remove(path);
        }
    }
    if (listing) {
        closedir(listing);
    }
    rmdir(dir->path);
}

#endif
