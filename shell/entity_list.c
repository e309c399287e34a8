/* entity_list.c
 *
 * A table says which entities are lists, which of an item's members make the columns, and how a
 * member becomes a cell. Rows are sorted by their first cell, as ksqlDB's CLI does: the order in
 * which a server happens to give them says nothing.
 */
#include "shell/entity_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "shell/entity_type.h"
#include "shell/text_table.h"

enum { LIST_COLUMNS_MAX = 6 };

/* What list says of item: a cell. */
typedef void (*cell_function)(struct buffer *out, const json_t *entity, const json_t *item,
                              const char *member);

/* --- Cells ------------------------------------------------------------------------------------ */

/* Statements keep their line feeds and indents, which would tear a table apart. */
static void append_in_one_line(struct buffer *out, const char *text)
{
    const char *next = text;
    while (*next) {
        const size_t plain = strcspn(next, " \t\r\n");
        buffer_append(out, next, plain);
        next += plain;
        const size_t blanks = strspn(next, " \t\r\n");
        if (blanks > 0) {
            buffer_append_byte(out, ' ');
        }
        next += blanks;
    }
}

static void append_value(struct buffer *out, const json_t *value)
{
    if (json_is_string(value)) {
        append_in_one_line(out, json_string_value(value));
    } else if (!value || json_is_null(value)) {
        buffer_append_string(out, "NULL");
    } else {
        char *dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        buffer_append_string(out, dump ? dump : "");
        free(dump); /* jansson's own allocation */
    }
}

/* A list as A,B; an object as A:1,B:2. */
static void plain_cell(struct buffer *out, const json_t *entity, const json_t *item,
                       const char *member)
{
    json_t *value = json_object_get(item, member);
    const char *name = NULL;
    json_t *part = NULL;
    size_t index = 0;
    (void)entity;
    json_array_foreach(value, index, part)
    {
        buffer_append_string(out, index ? "," : "");
        append_value(out, part);
    }
    json_object_foreach(value, name, part)
    {
        buffer_printf(out, "%s%s:", index++ ? "," : "", name);
        append_value(out, part);
    }
    if (!json_is_array(value) && !json_is_object(value)) {
        append_value(out, value);
    }
}

static void count_cell(struct buffer *out, const json_t *entity, const json_t *item,
                       const char *member)
{
    (void)entity;
    buffer_printf(out, "%zu", json_array_size(json_object_get(item, member)));
}

/* One number where all partitions have the same replicas. */
static void replicas_cell(struct buffer *out, const json_t *entity, const json_t *item,
                          const char *member)
{
    const json_t *replicas = json_object_get(item, member);
    const json_t *first = json_array_get(replicas, 0);
    bool is_same = first != NULL;
    for (size_t i = 1; i < json_array_size(replicas); i++) {
        is_same = is_same && json_equal(first, json_array_get(replicas, i));
    }
    if (is_same) {
        append_value(out, first);
    } else {
        plain_cell(out, entity, item, member);
    }
}

static bool holds(const json_t *array, const json_t *value)
{
    size_t index = 0;
    const json_t *item = NULL;
    json_array_foreach(array, index, item)
    {
        if (json_equal(item, value)) {
            return true;
        }
    }
    return false;
}

/* Who set a property: this session, the server's configuration, or nobody. */
static void override_cell(struct buffer *out, const json_t *entity, const json_t *item,
                          const char *member)
{
    const json_t *name = json_object_get(item, member);
    if (holds(json_object_get(entity, "overwrittenProperties"), name)) {
        buffer_append_string(out, "SESSION");
    } else if (!holds(json_object_get(entity, "defaultProperties"), name)) {
        buffer_append_string(out, "SERVER");
    }
}

static void type_cell(struct buffer *out, const json_t *entity, const json_t *item,
                      const char *member)
{
    (void)entity;
    entity_type_append(out, json_object_get(item, member));
}

/* --- Lists ------------------------------------------------------------------------------------ */

static const struct list {
    const char *type;   /* @type of the entity */
    const char *member; /* the array in it */
    struct {
        const char *title;
        const char *member;
        cell_function write;
    } columns[LIST_COLUMNS_MAX];
    const char *footer; /* NULL: none */
} lists[] = {
    {"streams", "streams",
     {{"Stream Name", "name", plain_cell}, {"Kafka Topic", "topic", plain_cell},
      {"Key Format", "keyFormat", plain_cell}, {"Value Format", "valueFormat", plain_cell},
      {"Windowed", "isWindowed", plain_cell}}, NULL},
    {"tables", "tables",
     {{"Table Name", "name", plain_cell}, {"Kafka Topic", "topic", plain_cell},
      {"Key Format", "keyFormat", plain_cell}, {"Value Format", "valueFormat", plain_cell},
      {"Windowed", "isWindowed", plain_cell}}, NULL},
    {"kafka_topics", "topics",
     {{"Kafka Topic", "name", plain_cell}, {"Partitions", "replicaInfo", count_cell},
      {"Partition Replicas", "replicaInfo", replicas_cell}}, NULL},
    {"kafka_topics_extended", "topics",
     {{"Kafka Topic", "name", plain_cell}, {"Partitions", "replicaInfo", count_cell},
      {"Partition Replicas", "replicaInfo", replicas_cell},
      {"Consumers", "consumerCount", plain_cell},
      {"ConsumerGroups", "consumerGroupCount", plain_cell}}, NULL},
    {"queries", "queries",
     {{"Query ID", "id", plain_cell}, {"Query Type", "queryType", plain_cell},
      {"Status", "statusCount", plain_cell}, {"Sink Name", "sinks", plain_cell},
      {"Sink Kafka Topic", "sinkKafkaTopics", plain_cell},
      {"Query String", "queryString", plain_cell}},
     "For detailed information on a Query run: EXPLAIN <Query ID>;"},
    {"properties", "properties",
     {{"Property", "name", plain_cell}, {"Scope", "scope", plain_cell},
      {"Default override", "name", override_cell}, {"Effective Value", "value", plain_cell}},
     NULL},
    {"function_names", "functions",
     {{"Function Name", "name", plain_cell}, {"Category", "category", plain_cell}},
     "For detailed information about a function, run: DESCRIBE FUNCTION <Function Name>;"},
    {"type_list", "types",
     {{"Type Name", "name", plain_cell}, {"Schema", "schema", type_cell}}, NULL},
    {"variables", "variables",
     {{"Variable Name", "name", plain_cell}, {"Value", "value", plain_cell}}, NULL},
    {"connector_list", "connectors",
     {{"Connector Name", "name", plain_cell}, {"Type", "type", plain_cell},
      {"Class", "className", plain_cell}, {"Status", "state", plain_cell}}, NULL},
    {"connector_plugins_list", "connectorsPlugins",
     {{"Class", "className", plain_cell}, {"Type", "type", plain_cell},
      {"Version", "version", plain_cell}}, NULL},
};

enum { LIST_COUNT = sizeof(lists) / sizeof(lists[0]) };

static const struct list *find_list(const json_t *entity)
{
    const char *type = json_string_value(json_object_get(entity, "@type"));
    for (size_t i = 0; type && i < LIST_COUNT; i++) {
        if (strcmp(type, lists[i].type) == 0) {
            return &lists[i];
        }
    }
    return NULL;
}

const json_t *entity_list_find(const json_t *entity)
{
    const struct list *list = find_list(entity);
    return list ? json_object_get(entity, list->member) : NULL;
}

/* The items as an array of objects; the caller owns the reference. SHOW TYPES has an object of
 * name to schema instead. */
static json_t *items_of(const json_t *entity, const struct list *list)
{
    json_t *value = json_object_get(entity, list->member);
    const char *name = NULL;
    json_t *schema = NULL;
    if (!json_is_object(value)) {
        return json_incref(value);
    }
    json_t *items = json_array();
    json_object_foreach(value, name, schema)
    {
        (void)json_array_append_new(items, json_pack("{s:s, s:O}", "name", name, "schema",
                                                     schema));
    }
    return items;
}

static const char *first_cell_of(const void *item, const struct list *list)
{
    const char *cell =
        json_string_value(json_object_get(*(json_t *const *)item, list->columns[0].member));
    return cell ? cell : "";
}

static int compare_items(const void *a, const void *b, void *list)
{
    return strcmp(first_cell_of(a, list), first_cell_of(b, list));
}

static enum status add_row(struct text_table *table, const struct list *list,
                           const json_t *entity, const json_t *item, struct diag *diag)
{
    struct buffer cells[LIST_COLUMNS_MAX];
    struct text texts[LIST_COLUMNS_MAX];
    enum status status = STATUS_OK;
    for (size_t c = 0; c < table->column_count; c++) {
        buffer_init(&cells[c]);
        list->columns[c].write(&cells[c], entity, item, list->columns[c].member);
        texts[c] = cells[c].bytes ? buffer_text(&cells[c]) : TEXT("");
        status = status == STATUS_OK ? buffer_status(&cells[c], diag) : status;
    }
    if (status == STATUS_OK) {
        status = text_table_add(table, texts, diag);
    }
    for (size_t c = 0; c < table->column_count; c++) {
        buffer_release(&cells[c]);
    }
    return status;
}

static enum status add_rows(struct text_table *table, const struct list *list,
                            const json_t *entity, const json_t *items, struct diag *diag)
{
    const size_t count = json_array_size(items);
    const json_t **sorted = memory_alloc((count + 1) * sizeof(const json_t *));
    enum status status = sorted ? STATUS_OK : diag_no_memory(diag);
    for (size_t i = 0; sorted && i < count; i++) {
        sorted[i] = json_array_get(items, i);
    }
    if (sorted) {
        qsort_r((void *)sorted, count, sizeof(sorted[0]), compare_items, (void *)list);
    }
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        status = add_row(table, list, entity, sorted[i], diag);
    }
    memory_free((void *)sorted);
    return status;
}

static enum status draw(struct text_table *table, const struct list *list, const json_t *entity,
                        const json_t *items, struct diag *diag)
{
    struct text_column columns[LIST_COLUMNS_MAX] = {{.width_min = 0}};
    size_t count = 0;
    while (count < LIST_COLUMNS_MAX && list->columns[count].title) {
        columns[count].name = text_of(list->columns[count].title);
        count++;
    }
    TRY(text_table_set_columns(table, columns, count, diag));
    TRY(add_rows(table, list, entity, items, diag));
    text_table_finish(table);
    if (list->footer) {
        buffer_printf(table->out, "%s\n", list->footer);
    }
    return STATUS_OK;
}

enum status entity_list_append(struct buffer *out, const json_t *entity,
                               const struct entity_look *look, struct diag *diag)
{
    const struct list *list = find_list(entity);
    json_t *items = items_of(entity, list);
    struct text_table table;
    text_table_init(&table, look->width_max, out);
    table.style = TEXT_TABLE_LIST;
    table.is_wrapping = !look->is_cutting;
    const enum status status = draw(&table, list, entity, items, diag);
    text_table_release(&table);
    json_decref(items);
    return status;
}
