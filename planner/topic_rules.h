/* topic_rules.h: which topic a new source reads or writes, and whether it has to be made.
 *
 * Source of behaviour: ksqlDB's TopicCreateInjector and TopicProperties. Thread: any. */
#ifndef PLANNER_TOPIC_RULES_H
#define PLANNER_TOPIC_RULES_H

#include "base/status.h"
#include "planner/planner.h"
#include "planner/properties.h"

struct topic_choice {
    struct text topic;
    uint32_t partition_count; /* of the topic to create; 0: it exists */
    int64_t retention_ms;     /* -1 unless given */
};

/* CREATE: the topic exists, or PARTITIONS says how to make it. statement may be data NULL; it
 * is shown in the message for a topic that is missing. */
MUST_USE enum status topic_choose_for_create(const struct planner *planner,
                                             const struct properties *properties,
                                             const struct create_source_statement *statement,
                                             bool is_windowed, struct topic_choice *out);

/* CREATE .. AS: as many partitions as the left-most source has, unless PARTITIONS says. */
MUST_USE enum status topic_choose_for_sink(const struct planner *planner,
                                           const struct properties *properties, struct text name,
                                           const struct source *leftmost, bool is_table,
                                           const struct window_spec *window,
                                           struct topic_choice *out);

#endif
