/* entity_text.c
 *
 * A table says which entities are lists, and of their items which members make the columns. All
 * other entities with a message show that; what is left is printed as indented JSON.
 */
#include "shell/entity_text.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_COLUMNS_MAX = 6, CELL_BYTES_MAX = 512 };

static const struct {
    const char *type;   /* @type of the entity */
    const char *member; /* the array in it */
    struct {
        const char *title;
        const char *member;
    } columns[LIST_COLUMNS_MAX];
} lists[] = {
    {"streams", "streams",
     {{"Stream Name", "name"}, {"Kafka Topic", "topic"}, {"Key Format", "keyFormat"},
      {"Value Format", "valueFormat"}, {"Windowed", "isWindowed"}}},
    {"tables", "tables",
     {{"Table Name", "name"}, {"Kafka Topic", "topic"}, {"Key Format", "keyFormat"},
      {"Value Format", "valueFormat"}, {"Windowed", "isWindowed"}}},
    {"kafka_topics", "topics", {{"Kafka Topic", "name"}, {"Partition Replicas", "replicaInfo"}}},
    {"kafka_topics_extended", "topics",
     {{"Kafka Topic", "name"}, {"Partition Replicas", "replicaInfo"},
      {"Consumers", "consumerCount"}, {"ConsumerGroups", "consumerGroupCount"}}},
    {"queries", "queries",
     {{"Query ID", "id"}, {"Query Type", "queryType"}, {"Status", "statusCount"},
      {"Sink Name", "sinks"}, {"Sink Kafka Topic", "sinkKafkaTopics"},
      {"Query String", "queryString"}}},
    {"properties", "properties", {{"Property", "name"}, {"Scope", "scope"}, {"Value", "value"}}},
    {"function_names", "functions",
     {{"Function Name", "name"}, {"Type", "type"}, {"Category", "category"}}},
    {"variables", "variables", {{"Variable Name", "name"}, {"Value", "value"}}},
};

enum { LIST_COUNT = sizeof(lists) / sizeof(lists[0]) };

static size_t find_list(const json_t *entity)
{
    const char *type = json_string_value(json_object_get(entity, "@type"));
    size_t i = 0;
    while (i < LIST_COUNT && (!type || strcmp(type, lists[i].type) != 0)) {
        i++;
    }
    return i;
}

static void cell_text(const json_t *value, char cell[CELL_BYTES_MAX])
{
    if (json_is_string(value)) {
        (void)snprintf(cell, CELL_BYTES_MAX, "%s", json_string_value(value));
        return;
    }
    char *dump = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    (void)snprintf(cell, CELL_BYTES_MAX, "%s", dump ? dump : "");
    free(dump); /* jansson's own allocation */
}

static void write_list(FILE *out, size_t list, const json_t *items)
{
    size_t widths[LIST_COLUMNS_MAX] = {0};
    char cell[CELL_BYTES_MAX];
    size_t index = 0;
    const json_t *item = NULL;
    for (size_t c = 0; c < LIST_COLUMNS_MAX && lists[list].columns[c].title; c++) {
        widths[c] = strlen(lists[list].columns[c].title);
        json_array_foreach (items, index, item) {
            cell_text(json_object_get(item, lists[list].columns[c].member), cell);
            widths[c] = strlen(cell) > widths[c] ? strlen(cell) : widths[c];
        }
        (void)fprintf(out, " %-*s ", (int)widths[c], lists[list].columns[c].title);
    }
    (void)fputc('\n', out);
    json_array_foreach (items, index, item) {
        for (size_t c = 0; c < LIST_COLUMNS_MAX && lists[list].columns[c].title; c++) {
            cell_text(json_object_get(item, lists[list].columns[c].member), cell);
            (void)fprintf(out, " %-*s ", (int)widths[c], cell);
        }
        (void)fputc('\n', out);
    }
}

static const char *message_of(const json_t *entity)
{
    const json_t *status = json_object_get(entity, "commandStatus");
    return json_string_value(json_object_get(status ? status : entity, "message"));
}

static void write_json(FILE *out, const json_t *json, size_t flags)
{
    (void)json_dumpf(json, out, flags | JSON_ENCODE_ANY);
    (void)fputc('\n', out);
}

void entity_text_write(FILE *out, const json_t *entity)
{
    const size_t list = find_list(entity);
    if (list < LIST_COUNT) {
        write_list(out, list, json_object_get(entity, lists[list].member));
        return;
    }
    const char *message = message_of(entity);
    if (message) {
        (void)fprintf(out, "%s\n", message);
    } else {
        write_json(out, entity, JSON_INDENT(2));
    }
}

void entity_json_write(FILE *out, const json_t *entity)
{
    const size_t list = find_list(entity);
    if (list == LIST_COUNT) {
        write_json(out, entity, JSON_COMPACT);
        return;
    }
    size_t index = 0;
    const json_t *item = NULL;
    json_array_foreach (json_object_get(entity, lists[list].member), index, item) {
        write_json(out, item, JSON_COMPACT);
    }
}
