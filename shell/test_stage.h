/* test_stage.h: what a case runs on: an engine of its own, its topics and its input records.
 *
 * The engine is in memory, emits every change of a table, reads topics from their beginning, and
 * has the case's properties as server settings. Zero-initialise with body, options and diag set,
 * then release in any case. Messages of failures are in diag. Thread: one at a time. */
#ifndef SHELL_TEST_STAGE_H
#define SHELL_TEST_STAGE_H

#include "base/arena.h"
#include "base/status.h"
#include "engine/engine.h"
#include "shell/test_run.h"
#include "shell/test_tree.h"

struct test_stage {
    struct arena arena;
    const struct tree *body; /* of the case */
    const struct test_options *options;
    const struct tree *properties; /* all of these: the first member or item */
    const struct tree *topics;
    const struct tree *statements;
    const struct tree *inputs;
    const struct tree *outputs;
    struct engine *engine; /* NULL until it is opened */
    bool is_served;
    bool is_sql; /* statements of SQL test files may run */
    bool *has_schemas; /* per listed topic: they are registered */
    struct diag *diag;
};

void test_stage_release(struct test_stage *stage);

/* Reads the lists above from the body; fails where they have not the shape that a case has. */
MUST_USE enum status test_stage_read(struct test_stage *stage);

/* is_served: the engine runs as it does for a server, and records are spread by their keys. Else
 * queries advance in engine_run_until_idle() only, and everything is written to partition 0, so
 * that a topic has one order. ksqlDB's two runners differ in the same way. */
MUST_USE enum status test_stage_open_engine(struct test_stage *stage, bool is_served);

MUST_USE enum status test_stage_create_listed_topics(struct test_stage *stage);
/* Registers the schemas that the case lists for topic, or with data NULL for all topics, unless it
 * was done before. Ids that are not stated are given in the order in which statements come to the
 * topics, because cases count on that. */
MUST_USE enum status test_stage_register_schemas(struct test_stage *stage, struct text topic);
/* Topics that the first statement of this text takes for granted. Those of the outputs are there
 * before any query makes them, as with ksqlDB's runner. */
MUST_USE enum status test_stage_create_needed_topics(struct test_stage *stage,
                                                     struct text statement);
/* Topics that inputs and outputs name and nobody has made. */
MUST_USE enum status test_stage_create_record_topics(struct test_stage *stage);

/* Returns when the inputs are durable. */
MUST_USE enum status test_stage_produce(struct test_stage *stage);

#endif
