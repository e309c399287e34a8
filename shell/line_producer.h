/* line_producer.h: lines of a file to records of a topic. Thread: the caller's. */
#ifndef SHELL_LINE_PRODUCER_H
#define SHELL_LINE_PRODUCER_H

#include <stdint.h>
#include <stdio.h>

#include "engine/engine.h"

struct line_producer_options {
    const char *topic;           /* exists */
    bool has_key_separator;
    char key_separator;          /* the key stands before the first one */
    const char *timestamp_field; /* member of JSON lines with the time in ms; NULL: the clock */
    /* Takes the records in the engine's stead, which is NULL then; they are borrowed. */
    enum status (*append)(void *context, const struct record *records, size_t count,
                          struct diag *diag);
    void *context;
};

/* Appends one record per line and returns when all are durable. An empty line is a record with an
 * empty value; a line without the separator has no key. STATUS_INVALID, naming the line, where
 * the timestamp cannot be read; what came before it is kept. */
MUST_USE enum status line_producer_run(struct engine *engine,
                                       const struct line_producer_options *options, FILE *input,
                                       uint64_t *out_count, struct diag *diag);

#endif
