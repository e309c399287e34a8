/* regex_java.c
 *
 * One pass over the pattern. Outside of classes text is copied but for escapes, '(' and '{'.
 * A class becomes an expression that takes one character: a plain PCRE2 class; an alternation
 * where classes are nested; a lookahead for each '&&'; a negative lookahead for a negated class
 * that is not plain. Characters within classes are written as code points, so that nothing in
 * them can be special to PCRE2.
 */
#include "functions/regex_java.h"

#include <ctype.h>
#include <stdint.h>

#include "base/utf8.h"

enum { CLASS_DEPTH_MAX = 16 };

struct translation {
    const char *next;
    const char *end;
    struct buffer *out;
    struct diag *diag;
    uint32_t group_count; /* capturing groups opened so far */
    unsigned class_depth;
};

static enum status refuse(struct translation *self, const char *reason)
{
    return diag_fail(self->diag, STATUS_INVALID, SQL_POS_NONE, "%s", reason);
}

static bool at(const struct translation *self, const char *token)
{
    const size_t bytes = strlen(token);
    return (size_t)(self->end - self->next) >= bytes && memcmp(self->next, token, bytes) == 0;
}

static bool take(struct translation *self, const char *token)
{
    if (!at(self, token)) {
        return false;
    }
    self->next += strlen(token);
    return true;
}

static bool is_one_of(char byte, const char *bytes)
{
    return byte != '\0' && strchr(bytes, byte);
}

static void put_code(struct translation *self, uint32_t code)
{
    buffer_printf(self->out, "\\x{%X}", code);
}

/* --- Escapes ------------------------------------------------------------------------------ */

static bool take_digits(struct translation *self, size_t count, unsigned base, uint32_t *out)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        const unsigned char byte = self->next < self->end ? (unsigned char)*self->next : 0;
        const unsigned digit =
            isdigit(byte) ? byte - (unsigned)'0' : (unsigned)tolower(byte) - 'a' + 10U;
        if (!isxdigit(byte) || digit >= base) {
            return false;
        }
        value = value * base + digit;
        self->next++;
    }
    *out = value;
    return true;
}

/* \uXXXX, two of them for a surrogate pair. */
static enum status take_unicode(struct translation *self, uint32_t *out)
{
    uint32_t low = 0;
    if (!take_digits(self, 4, 16, out)) {
        return refuse(self, "Illegal Unicode escape sequence");
    }
    const char *before = self->next;
    if (*out >= 0xD800U && *out < 0xDC00U && take(self, "\\u") && take_digits(self, 4, 16, &low) &&
        low >= 0xDC00U && low < 0xE000U) {
        *out = 0x10000U + ((*out - 0xD800U) << 10) + (low - 0xDC00U);
        return STATUS_OK;
    }
    self->next = before;
    const bool is_half = *out >= 0xD800U && *out < 0xE000U;
    return is_half ? refuse(self, "half of a surrogate pair") : STATUS_OK;
}

static enum status take_hexadecimal(struct translation *self, uint32_t *out)
{
    if (!take(self, "{")) {
        return take_digits(self, 2, 16, out) ? STATUS_OK
                                             : refuse(self, "Illegal hexadecimal escape sequence");
    }
    uint32_t digit = 0;
    *out = 0;
    while (take_digits(self, 1, 16, &digit)) {
        *out = *out * 16 + digit;
        if (*out > UTF8_CODE_MAX) {
            return refuse(self, "Hexadecimal codepoint is too big");
        }
    }
    return take(self, "}") ? STATUS_OK : refuse(self, "Unclosed hexadecimal escape sequence");
}

/* \0n, \0nn, \0mnn with m up to 3. */
static enum status take_octal(struct translation *self, uint32_t *out)
{
    uint32_t digit = 0;
    if (!take_digits(self, 1, 8, out)) {
        return refuse(self, "Illegal octal escape sequence");
    }
    const size_t more = *out <= 3 ? 2 : 1;
    for (size_t i = 0; i < more && take_digits(self, 1, 8, &digit); i++) {
        *out = *out * 8 + digit;
    }
    return STATUS_OK;
}

/* An escape that stands for one character; *is_code is false for all others, which are left. */
static enum status take_code_escape(struct translation *self, bool *is_code, uint32_t *out)
{
    static const struct {
        char letter;
        uint32_t code;
    } controls[] = {{'t', '\t'}, {'n', '\n'}, {'r', '\r'}, {'f', '\f'}, {'a', 7}, {'e', 27}};
    *is_code = true;
    const unsigned char letter = (unsigned char)*self->next;
    for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
        if (letter == controls[i].letter) {
            self->next++;
            *out = controls[i].code;
            return STATUS_OK;
        }
    }
    if (take(self, "u")) {
        return take_unicode(self, out);
    }
    if (take(self, "x")) {
        return take_hexadecimal(self, out);
    }
    if (take(self, "0")) {
        return take_octal(self, out);
    }
    if (letter == 'c' && self->end - self->next > 1) {
        *out = (unsigned char)self->next[1] ^ 64U;
        self->next += 2;
        return STATUS_OK;
    }
    *is_code = !isalnum(letter);
    if (*is_code) {
        *out = utf8_next(&self->next, self->end);
    }
    return STATUS_OK;
}

/* --- Properties --------------------------------------------------------------------------- */

static const struct property_name {
    const char *java;
    const char *posix; /* a POSIX class, or NULL: */
    const char *unicode;
} property_names[] = {
    {"Lower", "lower", NULL},          {"Upper", "upper", NULL},
    {"ASCII", "ascii", NULL},          {"Alpha", "alpha", NULL},
    {"Digit", "digit", NULL},          {"Alnum", "alnum", NULL},
    {"Punct", "punct", NULL},          {"Graph", "graph", NULL},
    {"Print", "print", NULL},          {"Blank", "blank", NULL},
    {"Cntrl", "cntrl", NULL},          {"XDigit", "xdigit", NULL},
    {"Space", "space", NULL},          {"IsWhite_Space", "space", NULL},
    {"javaWhitespace", "space", NULL}, {"javaLowerCase", NULL, "Ll"},
    {"javaUpperCase", NULL, "Lu"},     {"IsAlphabetic", NULL, "L"},
    {"IsLetter", NULL, "L"},           {"IsLowercase", NULL, "Ll"},
    {"IsUppercase", NULL, "Lu"},       {"IsTitlecase", NULL, "Lt"},
    {"IsPunctuation", NULL, "P"},      {"IsDigit", NULL, "Nd"},
    {"IsControl", NULL, "Cc"},
};

static struct text take_property_name(struct translation *self)
{
    const char *start = self->next;
    if (!take(self, "{")) {
        self->next += self->next < self->end;
        return (struct text){start, (size_t)(self->next - start)};
    }
    start = self->next;
    while (self->next < self->end && *self->next != '}') {
        self->next++;
    }
    const struct text name = {start, (size_t)(self->next - start)};
    return take(self, "}") ? name : (struct text){NULL, 0};
}

/* The value of "script=Latin", "IsLatin" or "Latin". */
static struct text property_value(struct text name)
{
    const char *equals = memchr(name.data, '=', name.bytes);
    if (equals) {
        return (struct text){equals + 1, (size_t)(name.data + name.bytes - equals - 1)};
    }
    if (name.bytes > 2 && text_starts_with(name, TEXT("Is"))) {
        return (struct text){name.data + 2, name.bytes - 2};
    }
    return name;
}

/* Behind \p or \P. is_class: within brackets, where a POSIX class stands bare. */
static enum status translate_property(struct translation *self, bool is_negated, bool is_class)
{
    const struct text name = take_property_name(self);
    if (name.bytes == 0) {
        return refuse(self, "Unclosed character family");
    }
    for (size_t i = 0; i < sizeof(property_names) / sizeof(property_names[0]); i++) {
        const struct property_name *property = &property_names[i];
        if (!text_equal(name, text_of(property->java))) {
            continue;
        }
        if (property->posix) {
            buffer_printf(self->out, is_class ? "[:%s%s:]" : "[[:%s%s:]]", is_negated ? "^" : "",
                          property->posix);
        } else {
            buffer_printf(self->out, "\\%c{%s}", is_negated ? 'P' : 'p', property->unicode);
        }
        return STATUS_OK;
    }
    if (text_starts_with(name, TEXT("In")) || text_starts_with(name, TEXT("bl"))) {
        return refuse(self, "Unicode blocks are not supported");
    }
    const struct text value = property_value(name);
    buffer_printf(self->out, "\\%c{%.*s}", is_negated ? 'P' : 'p', TEXT_ARGS(value));
    return STATUS_OK;
}

/* --- Classes ------------------------------------------------------------------------------ */

/* One operand of '&&' while it is read. */
struct class_part {
    struct buffer set;    /* plain content */
    struct buffer nested; /* alternatives "|[...]|[...]" */
};

static enum status translate_class(struct translation *self);

static enum status translate_nested(struct translation *self, struct class_part *part)
{
    struct buffer *outer = self->out;
    buffer_append_byte(&part->nested, '|');
    self->out = &part->nested;
    const enum status status = translate_class(self);
    self->out = outer;
    return status;
}

/* One character of a class as a code, or a set escape that is written at once. */
static enum status take_class_item(struct translation *self, struct class_part *part, bool *is_code,
                                   uint32_t *out)
{
    *is_code = true;
    if (!take(self, "\\")) {
        *out = utf8_next(&self->next, self->end);
        return STATUS_OK;
    }
    if (self->next == self->end) {
        return refuse(self, "Unexpected end of pattern after \\");
    }
    if (is_one_of(*self->next, "dDsSwWhHvV")) {
        *is_code = false;
        buffer_append_byte(&part->set, '\\');
        buffer_append_byte(&part->set, *self->next++);
        return STATUS_OK;
    }
    if (at(self, "p") || at(self, "P")) {
        *is_code = false;
        struct buffer *outer = self->out;
        self->out = &part->set;
        const enum status status = translate_property(self, *self->next++ == 'P', true);
        self->out = outer;
        return status;
    }
    TRY(take_code_escape(self, is_code, out));
    return *is_code ? STATUS_OK : refuse(self, "Illegal/unsupported escape sequence");
}

static void put_quoted(struct translation *self, struct buffer *out)
{
    while (self->next < self->end && !take(self, "\\E")) {
        buffer_printf(out, "\\x{%X}", utf8_next(&self->next, self->end));
    }
}

static enum status translate_item(struct translation *self, struct class_part *part)
{
    if (take(self, "\\Q")) {
        put_quoted(self, &part->set);
        return STATUS_OK;
    }
    bool is_code = false;
    uint32_t low = 0;
    TRY(take_class_item(self, part, &is_code, &low));
    if (!is_code) {
        return STATUS_OK;
    }
    buffer_printf(&part->set, "\\x{%X}", low);
    const bool is_range =
        at(self, "-") && self->end - self->next > 1 && !at(self, "-]") && !at(self, "-[");
    if (!is_range) {
        return STATUS_OK;
    }
    self->next++;
    uint32_t high = 0;
    TRY(take_class_item(self, part, &is_code, &high));
    if (!is_code || high < low) {
        return refuse(self, "Illegal character range");
    }
    buffer_printf(&part->set, "-\\x{%X}", high);
    return STATUS_OK;
}

/* Up to "&&" or the closing bracket, which stay. */
static enum status translate_part(struct translation *self, struct class_part *part)
{
    bool is_first = true;
    while (self->next < self->end && !at(self, "&&") && (is_first || !at(self, "]"))) {
        if (take(self, "[")) {
            TRY(translate_nested(self, part));
        } else {
            TRY(translate_item(self, part));
        }
        is_first = false;
    }
    return STATUS_OK;
}

/* An expression that takes one character of the part. */
static void put_part(struct buffer *out, const struct class_part *part, bool is_negated)
{
    const bool is_plain = part->nested.bytes == 0;
    if (is_plain && part->set.bytes == 0) {
        buffer_append_string(out, is_negated ? "(?s:.)" : "(?!)");
        return;
    }
    if (is_plain) {
        buffer_append_string(out, is_negated ? "[^" : "[");
        buffer_append_text(out, buffer_text(&part->set));
        buffer_append_byte(out, ']');
        return;
    }
    buffer_append_string(out, is_negated ? "(?:(?!" : "(?:");
    if (part->set.bytes > 0) {
        buffer_append_byte(out, '[');
        buffer_append_text(out, buffer_text(&part->set));
        buffer_append_byte(out, ']');
        buffer_append_text(out, buffer_text(&part->nested));
    } else {
        buffer_append(out, part->nested.data + 1, part->nested.bytes - 1);
    }
    buffer_append_string(out, is_negated ? ")(?s:.))" : ")");
}

/* Reads the parts; each but the last becomes a lookahead in front of it. */
static enum status translate_parts(struct translation *self, struct class_part *part,
                                   bool is_negated, bool *has_several)
{
    TRY(translate_part(self, part));
    while (take(self, "&&")) {
        const char *first = is_negated ? "(?:(?!(?=" : "(?:(?=";
        buffer_append_string(self->out, *has_several ? "(?=" : first);
        *has_several = true;
        put_part(self->out, part, false);
        buffer_append_byte(self->out, ')');
        buffer_reset(&part->set);
        buffer_reset(&part->nested);
        TRY(translate_part(self, part));
    }
    if (!take(self, "]")) {
        return refuse(self, "Unclosed character class");
    }
    put_part(self->out, part, is_negated && !*has_several);
    if (*has_several) {
        buffer_append_string(self->out, is_negated ? ")(?s:.))" : ")");
    }
    return STATUS_OK;
}

/* Behind the opening bracket. */
static enum status translate_class(struct translation *self)
{
    if (self->class_depth == CLASS_DEPTH_MAX) {
        return refuse(self, "character classes are nested too deeply");
    }
    self->class_depth++;
    struct class_part part;
    buffer_init(&part.set);
    buffer_init(&part.nested);
    bool has_several = false;
    const bool is_negated = take(self, "^");
    enum status status = translate_parts(self, &part, is_negated, &has_several);
    if (status == STATUS_OK && (part.set.has_failed || part.nested.has_failed)) {
        status = diag_no_memory(self->diag);
    }
    buffer_release(&part.set);
    buffer_release(&part.nested);
    self->class_depth--;
    return status;
}

/* --- Outside of classes ------------------------------------------------------------------- */

/* \1 and further digits as long as so many groups stand before. */
static void translate_back_reference(struct translation *self)
{
    uint32_t group = (uint32_t)(*self->next++ - '0');
    while (self->next < self->end && isdigit((unsigned char)*self->next) &&
           group * 10 + (uint32_t)(*self->next - '0') <= self->group_count) {
        group = group * 10 + (uint32_t)(*self->next++ - '0');
    }
    buffer_printf(self->out, "\\g{%u}", group);
}

static enum status translate_escape(struct translation *self)
{
    if (self->next == self->end) {
        return refuse(self, "Unexpected end of pattern after \\");
    }
    const char letter = *self->next;
    if (take(self, "Q")) {
        put_quoted(self, self->out);
        return STATUS_OK;
    }
    if (take(self, "p") || take(self, "P")) {
        return translate_property(self, letter == 'P', false);
    }
    if (letter >= '1' && letter <= '9') {
        translate_back_reference(self);
        return STATUS_OK;
    }
    if (is_one_of(letter, "RXhHvVdDsSwWbBAGZzk")) {
        buffer_append_byte(self->out, '\\');
        buffer_append_byte(self->out, *self->next++);
        return STATUS_OK;
    }
    bool is_code = false;
    uint32_t code = 0;
    TRY(take_code_escape(self, &is_code, &code));
    if (!is_code) {
        return refuse(self, "Illegal/unsupported escape sequence");
    }
    put_code(self, code);
    return STATUS_OK;
}

/* (?idmsuxU-idmsuxU) and with ':'. d, u and U have no PCRE2 form and change little. */
static enum status translate_flags(struct translation *self)
{
    buffer_append_string(self->out, "(?");
    bool is_off = false;
    for (; self->next < self->end; self->next++) {
        const char flag = *self->next;
        if (flag == ':' || flag == ')') {
            buffer_append_byte(self->out, flag);
            self->next++;
            return STATUS_OK;
        }
        if (flag == '-' && !is_off) {
            is_off = true;
            buffer_append_byte(self->out, '-');
        } else if (is_one_of(flag, "imsx")) {
            buffer_append_byte(self->out, flag);
        } else if (!is_one_of(flag, "duU")) {
            return refuse(self, "Unknown inline modifier");
        }
    }
    return refuse(self, "Unclosed group");
}

static enum status translate_group(struct translation *self)
{
    static const char *const plain[] = {"?:", "?=", "?!", "?>", "?<=", "?<!"};
    if (at(self, "*")) {
        return refuse(self, "Dangling meta character '*'");
    }
    if (!at(self, "?")) {
        self->group_count++;
        buffer_append_byte(self->out, '(');
        return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (take(self, plain[i])) {
            buffer_printf(self->out, "(%s", plain[i]);
            return STATUS_OK;
        }
    }
    if (take(self, "?<")) {
        self->group_count++;
        buffer_append_string(self->out, "(?<");
        return STATUS_OK;
    }
    self->next++; /* the question mark */
    return translate_flags(self);
}

/* Behind '{': Java takes a repetition here and nothing else. */
static enum status check_repetition(struct translation *self)
{
    const char *next = self->next;
    while (next < self->end && isdigit((unsigned char)*next)) {
        next++;
    }
    const bool has_low = next > self->next;
    if (has_low && next < self->end && *next == ',') {
        next++;
        while (next < self->end && isdigit((unsigned char)*next)) {
            next++;
        }
    }
    if (!has_low || next == self->end || *next != '}') {
        return refuse(self, "Illegal repetition");
    }
    buffer_append_byte(self->out, '{');
    return STATUS_OK;
}

enum status regex_java_translate(struct text pattern, struct buffer *out, struct diag *diag)
{
    struct translation self = {
        .next = pattern.data, .end = pattern.data + pattern.bytes, .out = out, .diag = diag};
    while (self.next < self.end) {
        if (take(&self, "\\")) {
            TRY(translate_escape(&self));
        } else if (take(&self, "[")) {
            TRY(translate_class(&self));
        } else if (take(&self, "(")) {
            TRY(translate_group(&self));
        } else if (take(&self, "{")) {
            TRY(check_repetition(&self));
        } else {
            buffer_append_byte(out, *self.next++);
        }
    }
    return buffer_status(out, diag);
}
