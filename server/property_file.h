/* property_file.h: Java .properties files, as ksql-server.properties are.
 *
 * Source: java.util.Properties.load, without its \uXXXX escapes beyond ASCII needs: files are
 * read as UTF-8. Thread: any. */
#ifndef SERVER_PROPERTY_FILE_H
#define SERVER_PROPERTY_FILE_H

#include "base/arena.h"
#include "engine/engine.h"

struct property_file {
    struct engine_setting *items; /* in order of the file; texts in the arena */
    size_t count;
};

/* Reads a file into arena. STATUS_IO: it cannot be read; STATUS_INVALID names the line. */
MUST_USE enum status property_file_read(const char *path, struct arena *arena,
                                        struct property_file *out, struct diag *diag);
/* Reads text, which stands for the content of a file. */
MUST_USE enum status property_file_parse(struct text text, struct arena *arena,
                                         struct property_file *out, struct diag *diag);

/* The last value of name; NULL: none. */
const char *property_file_find(const struct property_file *properties, const char *name);

#endif
