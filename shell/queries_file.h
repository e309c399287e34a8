/* queries_file.h: the statements that a server runs by itself when it starts.
 *
 * Source: ksqlDB's ksql.queries.file (StandaloneExecutor). ksqlDB has no REST API then; here it
 * stays, so that the tables can be asked and the server watched. Thread: the main one. */
#ifndef SHELL_QUERIES_FILE_H
#define SHELL_QUERIES_FILE_H

#include "engine/engine.h"

/* Runs the statements of the file at path that the engine does not hold yet, and counts the
 * others in *out_kept_count. Allowed are SET, UNSET, CREATE and INSERT INTO .. SELECT, of which
 * one at least must be a query; a file with another statement runs not at all. STATUS_CONFLICT: a
 * name is there already with another statement. */
MUST_USE enum status queries_file_run(struct engine *engine, const char *path,
                                      size_t *out_kept_count, struct diag *diag);

#endif
