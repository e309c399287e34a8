/* test_post.h: what must hold of sources and topics after a case has run ("post").
 *
 * sources: name, type, schema, keyFormat {format, features, properties, windowType, windowSize},
 * valueFormat, keyFeatures, valueFeatures, isSource. topics: {topics: [{name, partitions,
 * keyFormat and valueFormat {format, features, properties, windowInfo {type, size}}}],
 * blacklist: regular expression}. Only what a case states is checked; but a key format without a
 * window is that of a source without windows. Thread: one at a time. */
#ifndef SHELL_TEST_POST_H
#define SHELL_TEST_POST_H

#include "base/arena.h"
#include "base/status.h"
#include "engine/engine.h"
#include "shell/test_tree.h"

/* post may be NULL. Fails with a message that names expectation and fact. */
MUST_USE enum status test_post_check(struct arena *arena, struct engine *engine,
                                     const struct tree *post, struct diag *diag);

#endif
