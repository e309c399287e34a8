/* grammar_api.h: the functions that lemon generates from grammar.y, which writes no header for
 * them. Thread: one parse per parser. */
#ifndef PARSER_GRAMMAR_API_H
#define PARSER_GRAMMAR_API_H

#include <stdbool.h>
#include <stddef.h>

struct builder;
struct token;

/* Every token kind is below this. */
enum { GRAMMAR_TOKEN_COUNT_MAX = 192 };

/* Token kinds in use: 0 to this - 1. */
extern const int grammar_token_count;

/* NULL when memory is out. */
void *grammarAlloc(void *(*allocate)(size_t));
void grammarFree(void *parser, void (*release)(void *));

/* Feeds one token; kind 0 ends the text. token must outlive the parse. */
void grammar(void *parser, int kind, const struct token *token, struct builder *builder);

/* The kind that stands in for this one where the grammar does not ask for it; 0 if none. */
int grammarFallback(int kind);

/* True when the parser, as it stands, would take this token next. */
bool grammar_accepts(const void *parser, int kind);

#endif
