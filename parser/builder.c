/* builder.c
 *
 * Failures, allocation and growing lists for the build_*.c files.
 *
 * A list has no capacity field: its room is the power of two that holds count, at least four, so
 * it is full exactly when count is four or a larger power of two. Outgrown arrays stay behind in
 * the arena; together they are smaller than the last one.
 */
#include "parser/builder.h"

#include <stdio.h>
#include <string.h>

#include "parser/parser.h"

enum { LIST_ROOM_MIN = 4 };

void builder_init(struct builder *b, struct arena *arena, struct diag *diag)
{
    *b = (struct builder){.arena = arena, .diag = diag, .status = STATUS_OK};
}

void builder_syntax_error(struct builder *b, const struct token *at)
{
    if (!builder_has_failed(b)) {
        b->syntax_error = at;
    }
}

void builder_too_large(struct builder *b)
{
    if (!builder_has_failed(b)) {
        b->status = diag_fail(b->diag, STATUS_LIMIT, SQL_POS_NONE,
                              "Statement is too large to parse. This may be caused by having too "
                              "many nested expressions in the statement.");
    }
}

void builder_fail(struct builder *b, struct sql_pos pos, const char *format, ...)
{
    if (builder_has_failed(b)) {
        return;
    }
    char message[DIAG_MESSAGE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    /* ksqlDB adds one to a column that counts from 1 already; clients know the number so. */
    b->status =
        diag_fail(b->diag, STATUS_INVALID, pos, "Failed to prepare statement: line %u:%u: %s",
                  pos.line, pos.column + 1, message);
}

void builder_fail_plainly(struct builder *b, struct sql_pos pos, const char *message,
                          const char *argument)
{
    if (!builder_has_failed(b)) {
        b->status = diag_fail(b->diag, STATUS_INVALID, pos, "Failed to prepare statement: %s%s",
                              message, argument);
    }
}

void builder_fail_at(struct builder *b, struct sql_pos pos, const char *format, ...)
{
    if (builder_has_failed(b)) {
        return;
    }
    char message[DIAG_MESSAGE_BYTES_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    b->status = diag_fail(b->diag, STATUS_INVALID, pos, "Line: %u, Col: %u: %s", pos.line,
                          pos.column, message);
}

void *builder_new(struct builder *b, size_t bytes)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    void *block = arena_zalloc(b->arena, bytes);
    if (!block) {
        b->status = diag_no_memory(b->diag);
    }
    return block;
}

static bool list_is_full(size_t count)
{
    return count == 0 || (count >= LIST_ROOM_MIN && (count & (count - 1)) == 0);
}

void *builder_grow(struct builder *b, void *items, size_t count, size_t bytes)
{
    if (builder_has_failed(b)) {
        return NULL;
    }
    if (!list_is_full(count)) {
        return items;
    }
    const size_t room = count == 0 ? LIST_ROOM_MIN : count * 2;
    void *larger = arena_array(b->arena, room, bytes);
    if (!larger) {
        b->status = diag_no_memory(b->diag);
        return NULL;
    }
    if (count > 0) {
        memcpy(larger, items, count * bytes);
    }
    return larger;
}

struct expression *builder_expression(struct builder *b, enum expression_kind kind, uint32_t depth,
                                      struct sql_pos pos)
{
    if (depth > PARSER_DEPTH_MAX) {
        builder_too_large(b);
        return NULL;
    }
    struct expression *node = builder_new(b, sizeof(*node));
    if (node) {
        node->kind = kind;
        node->depth = depth;
        node->pos = pos;
    }
    return node;
}

struct sql_pos builder_span(struct sql_pos first, struct sql_pos last)
{
    const uint32_t end = last.offset_bytes + last.bytes;
    first.bytes = end > first.offset_bytes ? end - first.offset_bytes : first.bytes;
    return first;
}
