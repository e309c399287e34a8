/* url_functions_test.c: URIs as java.net.URI reads them, and the URL family. The expected parts
 * were made with JDK 17: scheme, host, port, and path, query and fragment decoded. */
#include "tests/test.h"

#include "base/buffer.h"
#include "functions/java_uri.h"
#include "tests/functions/function_run.h"

static const struct {
    const char *uri;
    const char *parts; /* "!" where the constructor throws */
} uris[] = {
    {"http://www.test.com/?query#fragment", "'http' 'www.test.com' -1 '/' 'query' 'fragment'"},
    {"http://test@confluent.io:8080/nested/path?q=2",
     "'http' 'confluent.io' 8080 '/nested/path' 'q=2' NULL"},
    {"mailto:a@b", "'mailto' NULL -1 NULL NULL NULL"},
    {"www.confluent.io", "NULL NULL -1 'www.confluent.io' NULL NULL"},
    {"http://a_b.com/x", "'http' NULL -1 '/x' NULL NULL"},
    {"http://[::1]:80/", "'http' '[::1]' 80 '/' NULL NULL"},
    {"http://[::1%eth0]/", "'http' '[::1%eth0]' -1 '/' NULL NULL"},
    {"http://1.2.3.4:5", "'http' '1.2.3.4' 5 '' NULL NULL"},
    {"http://1.2.3.4.5/", "'http' NULL -1 '/' NULL NULL"},
    {"http://1.2.3/", "'http' NULL -1 '/' NULL NULL"},
    {"http://a-/", "'http' NULL -1 '/' NULL NULL"},
    {"http://a.1/", "'http' NULL -1 '/' NULL NULL"},
    {"http://", "!"},
    {"http:///x", "'http' NULL -1 '/x' NULL NULL"},
    {"http:", "!"},
    {"//h/p", "NULL 'h' -1 '/p' NULL NULL"},
    {"", "NULL NULL -1 '' NULL NULL"},
    {"a b", "!"},
    {"http://h/%41%zz", "!"},
    {"http://h/%c3%a4?x=%20#%FF", "'http' 'h' -1 '/\xC3\xA4"
                                  "' 'x= ' '\xEF\xBF\xBD"
                                  "'"},
    {"http://h:/x", "'http' 'h' -1 '/x' NULL NULL"},
    {"http://h:99999999999/", "'http' NULL -1 '/' NULL NULL"},
    {"http://h:8a/", "'http' NULL -1 '/' NULL NULL"},
    {"1a:b", "!"},
    {"a:b:c", "'a' NULL -1 NULL NULL NULL"},
    {"/a:b", "NULL NULL -1 '/a:b' NULL NULL"},
    {"http://\xC3\xBC"
     "ml.de/",
     "'http' NULL -1 '/' NULL NULL"},
    {"http://h/\xC3\xBC"
     "",
     "'http' 'h' -1 '/\xC3\xBC"
     "' NULL NULL"},
    {"http://h/\xC2\xA0", "!"},
    {"http://h?a=b&c", "'http' 'h' -1 '' 'a=b&c' NULL"},
    {"http://h#", "'http' 'h' -1 '' NULL ''"},
    {"http://h/?#", "'http' 'h' -1 '/' '' ''"},
    {"http://a..b/", "'http' NULL -1 '/' NULL NULL"},
    {"http://a.b./", "'http' 'a.b.' -1 '/' NULL NULL"},
    {"http://h:80:90/", "'http' NULL -1 '/' NULL NULL"},
    {"http://u:p@h/", "'http' 'h' -1 '/' NULL NULL"},
    {"http://@h/", "'http' 'h' -1 '/' NULL NULL"},
    {"http://h/[x]", "!"},
    {"http://h/?[x]", "'http' 'h' -1 '/' '[x]' NULL"},
    {"http://h/{x}", "!"},
    {"ftp://ex.com/a;b", "'ftp' 'ex.com' -1 '/a;b' NULL NULL"},
    {"x://y~z!/", "'x' NULL -1 '/' NULL NULL"},
    {"file:/tmp/x", "'file' NULL -1 '/tmp/x' NULL NULL"},
    {"urn:isbn:1", "'urn' NULL -1 NULL NULL NULL"},
    {"#f", "NULL NULL -1 '' NULL 'f'"},
    {"?q", "NULL NULL -1 '' 'q' NULL"},
    {"http://h/a\\b", "!"},
    {"http://256.1.1.1/", "'http' NULL -1 '/' NULL NULL"},
    {"http://300.com/", "'http' '300.com' -1 '/' NULL NULL"},
    {"http://h/a%2Fb", "'http' 'h' -1 '/a/b' NULL NULL"},
    {"http://[::1/", "!"},
    {"http://[x]/", "!"},
    {"http://h%41/", "'http' NULL -1 '/' NULL NULL"},
    {"http://a.b-/", "'http' NULL -1 '/' NULL NULL"},
    {"a+b.c-d://h/", "'a+b.c-d' 'h' -1 '/' NULL NULL"},
};

static void append_part(struct buffer *out, struct text part, bool is_decoded)
{
    struct arena arena;
    struct diag diag;
    arena_init(&arena);
    if (!part.data) {
        buffer_append_string(out, "NULL");
    } else {
        if (is_decoded) {
            assert_ok(java_uri_decode(part, &arena, &part, &diag), &diag);
        }
        buffer_printf(out, "'%.*s'", TEXT_ARGS(part));
    }
    arena_release(&arena);
}

static void uris_are_read_as_java_reads_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
        struct java_uri uri;
        struct buffer parts;
        buffer_init(&parts);
        if (!java_uri_parse(text_of(uris[i].uri), &uri)) {
            buffer_append_byte(&parts, '!');
        } else {
            append_part(&parts, uri.scheme, false);
            buffer_append_byte(&parts, ' ');
            append_part(&parts, uri.host, false);
            buffer_printf(&parts, " %d ", uri.port);
            append_part(&parts, uri.path, true);
            buffer_append_byte(&parts, ' ');
            append_part(&parts, uri.query, true);
            buffer_append_byte(&parts, ' ');
            append_part(&parts, uri.fragment, true);
        }
        buffer_append_byte(&parts, '\0');
        if (strcmp(parts.data, uris[i].parts) != 0) {
            fail_msg("%s: %s instead of %s", uris[i].uri, parts.data, uris[i].parts);
        }
        buffer_release(&parts);
    }
}

static void every_function_gives_what_its_case_says(void **state)
{
    (void)state;
    static const struct function_case cases[] = {
        {"URL_EXTRACT_FRAGMENT", "VARCHAR", "'http://h/?q#f%20g'", "STRING", "'f g'"},
        {"URL_EXTRACT_FRAGMENT", "VARCHAR", "'http://h/'", "STRING", "NULL"},
        {"URL_EXTRACT_FRAGMENT", "VARCHAR", "NULL", "STRING", "NULL"},
        {"URL_EXTRACT_HOST", "VARCHAR", "'http://test@h.com:80/'", "STRING", "'h.com'"},
        {"URL_EXTRACT_HOST", "VARCHAR", "'h.com'", "STRING", "NULL"},
        {"URL_EXTRACT_PATH", "VARCHAR", "'http://h/a%20b'", "STRING", "'/a b'"},
        {"URL_EXTRACT_PATH", "VARCHAR", "'http://h'", "STRING", "''"},
        {"URL_EXTRACT_PATH", "VARCHAR", "'mailto:a@b'", "STRING", "NULL"},
        {"URL_EXTRACT_PORT", "VARCHAR", "'http://h:8080/'", "INTEGER", "8080"},
        {"URL_EXTRACT_PORT", "VARCHAR", "'http://h/'", "INTEGER", "NULL"},
        {"URL_EXTRACT_PROTOCOL", "VARCHAR", "'https://h/'", "STRING", "'https'"},
        {"URL_EXTRACT_PROTOCOL", "VARCHAR", "'www.h'", "STRING", "NULL"},
        {"URL_EXTRACT_QUERY", "VARCHAR", "'http://h?a=1%26b#f'", "STRING", "'a=1&b'"},
        {"URL_EXTRACT_QUERY", "VARCHAR", "'a b'", "", "!URL input has invalid syntax: a b"},
        {"URL_EXTRACT_PARAMETER", "VARCHAR, VARCHAR", "'http://h/?one=a&two=b&three', 'two'",
         "STRING", "'b'"},
        {"URL_EXTRACT_PARAMETER", "VARCHAR, VARCHAR", "'http://h/?one=a&two=b&three', 'three'",
         "STRING", "''"},
        {"URL_EXTRACT_PARAMETER", "VARCHAR, VARCHAR", "'http://h/?one=a=b%20c&one=d', 'one'",
         "STRING", "'a=b c'"},
        {"URL_EXTRACT_PARAMETER", "VARCHAR, VARCHAR", "'http://h/?one', 'two'", "STRING", "NULL"},
        {"URL_EXTRACT_PARAMETER", "VARCHAR, VARCHAR", "'http://h/?', ''", "STRING", "''"},
        {"URL_EXTRACT_PARAMETER", "VARCHAR, VARCHAR", "'http://h/', ''", "STRING", "NULL"},
        {"URL_ENCODE_PARAM", "VARCHAR", "'?foo $bar \xC3\xBC-_.*~'", "STRING",
         "'%3Ffoo+%24bar+%C3%BC-_.*%7E'"},
        {"URL_DECODE_PARAM", "VARCHAR", "'a+b%20%c3%bc%FFx'", "STRING",
         "'a b \xC3\xBC\xEF\xBF\xBDx'"},
        {"URL_DECODE_PARAM", "VARCHAR", "'%'", "",
         "!URLDecoder: Incomplete trailing escape (%) pattern"},
        {"URL_DECODE_PARAM", "VARCHAR", "'%4g'", "",
         "!URLDecoder: Illegal hex characters in escape (%) pattern"},
    };
    function_run_all(cases, sizeof(cases) / sizeof(cases[0]));
    function_run_without_memory("URL_DECODE_PARAM", "VARCHAR", "'a+b%20'");
    function_run_without_memory("URL_EXTRACT_PATH", "VARCHAR", "'http://h/%20'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uris_are_read_as_java_reads_them),
        cmocka_unit_test(every_function_gives_what_its_case_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
