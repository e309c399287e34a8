/* print_query.c
 *
 * SELECT in ksqlDB's layout: one item stands behind SELECT, several stand on lines of their own,
 * and every clause starts a line. A source without an alias prints its name twice, as ksqlDB does:
 * "FROM ORDERS ORDERS".
 */
#include <inttypes.h>

#include "parser/printer.h"

/* prefix, count and unit; nothing when absent. */
static void print_duration(struct buffer *out, const char *prefix, const struct duration *duration)
{
    if (duration->is_present) {
        buffer_printf(out, "%s%" PRId64 " %s", prefix, duration->count,
                      printer_unit(duration->unit));
    }
}

static void print_item(struct buffer *out, const struct select_item *item)
{
    switch (item->kind) {
    case SELECT_ITEM_EXPRESSION:
        printer_expression(out, item->expression);
        if (item->has_alias) {
            buffer_append_byte(out, ' ');
            printer_name(out, item->alias.name);
        }
        break;
    case SELECT_ITEM_STAR:
        buffer_append_byte(out, '*');
        break;
    case SELECT_ITEM_SOURCE_STAR:
        printer_name(out, item->source.name);
        buffer_append_string(out, ".*");
        break;
    case SELECT_ITEM_STRUCT_STAR:
        printer_expression(out, item->expression);
        buffer_append_string(out, "->*");
        break;
    }
}

static void print_items(struct buffer *out, const struct select_query *query)
{
    if (query->item_count == 1) {
        buffer_append_byte(out, ' ');
        print_item(out, &query->items[0]);
        return;
    }
    for (size_t i = 0; i < query->item_count; i++) {
        buffer_append_string(out, i > 0 ? ",\n  " : "\n  ");
        print_item(out, &query->items[i]);
    }
}

static void print_source(struct buffer *out, const struct select_source *source)
{
    printer_name(out, source->name.name);
    buffer_append_byte(out, ' ');
    printer_name(out, source->alias.name);
}

static const char *const join_texts[] = {
    [AST_JOIN_INNER] = "\nINNER JOIN ",
    [AST_JOIN_LEFT] = "\nLEFT OUTER JOIN ",
    [AST_JOIN_RIGHT] = "\nRIGHT OUTER JOIN ",
    [AST_JOIN_FULL] = "\nFULL OUTER JOIN ",
};

static void print_join(struct buffer *out, const struct select_join *join)
{
    buffer_append_string(out, join_texts[join->type]);
    print_source(out, &join->source);
    if (join->is_within_pair) {
        print_duration(out, " WITHIN (", &join->within_before);
        print_duration(out, ", ", &join->within_after);
        buffer_append_byte(out, ')');
    } else {
        print_duration(out, " WITHIN ", &join->within_before);
    }
    print_duration(out, " GRACE PERIOD ", &join->within_grace);
    buffer_append_string(out, " ON (");
    printer_expression(out, join->on);
    buffer_append_byte(out, ')');
}

static const char *const window_texts[] = {
    [AST_WINDOW_TUMBLING] = "TUMBLING ( SIZE",
    [AST_WINDOW_HOPPING] = "HOPPING ( SIZE",
    [AST_WINDOW_SESSION] = "SESSION (",
};

/* The name says nothing and is left out, as in ksqlDB. */
static void print_window(struct buffer *out, const struct select_window *window)
{
    buffer_printf(out, "\nWINDOW %s", window_texts[window->kind]);
    print_duration(out, " ", &window->size);
    print_duration(out, " , ADVANCE BY ", &window->advance);
    print_duration(out, " , RETENTION ", &window->retention);
    print_duration(out, " , GRACE PERIOD ", &window->grace);
    buffer_append_string(out, " ) ");
}

static void print_condition(struct buffer *out, const char *word, const struct expression *node)
{
    if (node) {
        buffer_append_string(out, word);
        printer_expression(out, node);
    }
}

/* Brackets are only there where nothing would be left without them. */
static void print_grouping(struct buffer *out, const char *word, const struct expression_list *list)
{
    buffer_append_string(out, word);
    for (size_t i = 0; i < list->count; i++) {
        buffer_append_string(out, i > 0 ? ", " : "");
        printer_expression(out, list->items[i]);
    }
    buffer_append_string(out, list->count == 0 ? "()" : "");
}

static void print_emit(struct buffer *out, enum ast_emit emit, bool is_persistent)
{
    if (emit == AST_EMIT_FINAL) {
        buffer_append_string(out, "\nEMIT FINAL");
    } else if (emit == AST_EMIT_CHANGES || is_persistent) {
        buffer_append_string(out, "\nEMIT CHANGES");
    }
}

void printer_query(struct buffer *out, const struct select_query *query, bool is_persistent)
{
    buffer_append_string(out, "SELECT");
    print_items(out, query);
    buffer_append_string(out, "\nFROM ");
    print_source(out, &query->from);
    for (size_t i = 0; i < query->join_count; i++) {
        print_join(out, &query->joins[i]);
    }
    if (query->window) {
        print_window(out, query->window);
    }
    print_condition(out, "\nWHERE ", query->where);
    if (query->has_group_by) {
        print_grouping(out, "\nGROUP BY ", &query->group_by);
    }
    if (query->has_partition_by) {
        print_grouping(out, "\nPARTITION BY ", &query->partition_by);
    }
    print_condition(out, "\nHAVING ", query->having);
    print_emit(out, query->emit, is_persistent);
    if (query->has_limit) {
        buffer_printf(out, "\nLIMIT %" PRId64, query->limit);
    }
}
