/* test_proto.h: the rows of a v1+protobuf answer as text, the form in which cases state them.
 *
 * {"header": {"protoSchema": ..}} says how to read what follows; {"row": {"protobufBytes": ..}}
 * becomes {"row": "NAME: value\nNAME {\n ...}\n"}: Protobuf's text format, without what is zero.
 * Thread: any. */
#ifndef SHELL_TEST_PROTO_H
#define SHELL_TEST_PROTO_H

#include "base/arena.h"
#include "base/status.h"
#include "shell/test_tree.h"

/* *out lives in arena. Fails with STATUS_INVALID for what is no such answer. */
MUST_USE enum status test_proto_read_rows(struct arena *arena, const struct tree *rows,
                                          const struct tree **out, struct diag *diag);

#endif
