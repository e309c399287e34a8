/* properties.h: the WITH clause of a statement, read into checked values.
 *
 * Which names exist, on which statements, and of which type stands in one table. Texts borrow
 * from the statement. Source of behaviour: ksqlDB's CreateConfigs, CommonCreateConfigs,
 * CreateSourceProperties and CreateSourceAsProperties. Thread: any. */
#ifndef PLANNER_PROPERTIES_H
#define PLANNER_PROPERTIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"
#include "parser/ast.h"

enum property_id {
    PROPERTY_CLEANUP_POLICY,
    PROPERTY_FORMAT,
    PROPERTY_KAFKA_TOPIC,
    PROPERTY_KEY_DELIMITER,
    PROPERTY_KEY_FORMAT,
    PROPERTY_KEY_PROTOBUF_NULLABLE_REPRESENTATION,
    PROPERTY_KEY_SCHEMA_FULL_NAME,
    PROPERTY_KEY_SCHEMA_ID,
    PROPERTY_PARTITIONS,
    PROPERTY_QUERY_ID,
    PROPERTY_REPLICAS,
    PROPERTY_RETENTION_MS,
    PROPERTY_SOURCED_BY_CONNECTOR,
    PROPERTY_SOURCE_CONNECTOR,
    PROPERTY_TIMESTAMP,
    PROPERTY_TIMESTAMP_FORMAT,
    PROPERTY_VALUE_AVRO_SCHEMA_FULL_NAME,
    PROPERTY_VALUE_DELIMITER,
    PROPERTY_VALUE_FORMAT,
    PROPERTY_VALUE_PROTOBUF_NULLABLE_REPRESENTATION,
    PROPERTY_VALUE_SCHEMA_FULL_NAME,
    PROPERTY_VALUE_SCHEMA_ID,
    PROPERTY_WINDOW_SIZE,
    PROPERTY_WINDOW_TYPE,
    PROPERTY_WRAP_SINGLE_VALUE,
    PROPERTY_COUNT
};

/* Which kind of statement the clause belongs to; bits. */
enum property_clause {
    CLAUSE_CREATE = 1,
    CLAUSE_CREATE_AS = 2,
    CLAUSE_INSERT = 4,
};

struct property_value {
    bool is_set;
    struct text text; /* of texts */
    int64_t number;   /* of numbers */
    bool boolean;     /* of booleans */
    struct sql_pos pos;
};

struct properties {
    struct property_value values[PROPERTY_COUNT];
};

/* Fails with "Failed to prepare statement: ..." for names that do not exist here, values of the
 * wrong type, and combinations that exclude each other. */
MUST_USE enum status properties_read(const struct property_list *list, enum property_clause clause,
                                     struct properties *out, struct diag *diag);

const char *property_name(enum property_id id);

/* "10 SECONDS" to milliseconds: how WINDOW_SIZE is written. */
MUST_USE enum status property_parse_duration(struct text text, int64_t *out_ms, struct diag *diag);

#endif
