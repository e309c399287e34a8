/* media_type_test.c: which media type an Accept header gets. */
#include "server/media_type.h"
#include "tests/test.h"

static const enum media_type offers[] = {MEDIA_DELIMITED, MEDIA_JSON, MEDIA_V1_JSON};

static enum media_type chosen(const char *accept)
{
    enum media_type media = MEDIA_NONE;
    return media_type_choose(text_of(accept), offers, 3, &media) ? media : MEDIA_NONE;
}

static void header_decides(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        enum media_type wanted;
    } cases[] = {
        {"", MEDIA_DELIMITED},
        {"  ", MEDIA_DELIMITED},
        {"*/*", MEDIA_DELIMITED},
        {"*", MEDIA_DELIMITED},
        {"application/*", MEDIA_DELIMITED},
        {"application/json", MEDIA_JSON},
        {"APPLICATION/JSON", MEDIA_JSON},
        {"application/json; charset=utf-8", MEDIA_JSON},
        {"application/json;charset=\"a,b;c\"", MEDIA_JSON},
        {"text/html, application/json", MEDIA_JSON},
        {"application/vnd.ksql.v1+json, application/json", MEDIA_V1_JSON},
        {"application/json, application/vnd.ksql.v1+json", MEDIA_JSON},
        {"application/json;q=0.5, application/vnd.ksql.v1+json", MEDIA_V1_JSON},
        {"application/json ; q=0.9 , application/vnd.ksql.v1+json;q=0.89", MEDIA_JSON},
        {"*/*;q=0.1, application/json;q=0.2", MEDIA_JSON},
        {"*/*, application/vnd.ksqlapi.delimited.v1;q=0", MEDIA_JSON},
        {"application/*;q=0.3, */*", MEDIA_DELIMITED},
        {"application/json;q=0", MEDIA_NONE},
        {"application/json;q=0.000", MEDIA_NONE},
        {"application/json;q=nonsense", MEDIA_NONE},
        {"application/json;q=1.1", MEDIA_NONE},
        {"application/json;q=0.1234", MEDIA_NONE},
        {"text/html", MEDIA_NONE},
        {"application", MEDIA_NONE},
        {"application/jso", MEDIA_NONE},
        {"application/json2", MEDIA_NONE},
        {",,;;=\"", MEDIA_NONE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (chosen(cases[i].accept) != cases[i].wanted) {
            fail_msg("%s gave %d", cases[i].accept, (int)chosen(cases[i].accept));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(header_decides)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
