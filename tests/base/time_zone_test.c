/* time_zone_test.c: zones are found and computed as java.time.ZoneId does it.
 *
 * The tables come from the JDK's own copy of the time zone database. Its history before 1970
 * differs in places from the system's, so the instants are later.
 */
#include "tests/test.h"

#include "base/memory.h"
#include "base/time_zone.h"
#include "base/time_zone_rules.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
static const struct {
    const char *id;
    bool valid;
    const char *text; /* getId, or the message */
} id_rows[] = {
    {"UTC", true, "UTC"},
    {"utc", false, "Unknown time-zone ID: utc"},
    {"Utc", false, "Unknown time-zone ID: Utc"},
    {"GMT", true, "GMT"},
    {"gmt", false, "Unknown time-zone ID: gmt"},
    {"Z", true, "Z"},
    {"z", false, "Invalid ID for ZoneOffset, invalid format: z"},
    {"UT", true, "UT"},
    {"UTC+2", true, "UTC+02:00"},
    {"UTC+02:00", true, "UTC+02:00"},
    {"UTC+0200", true, "UTC+02:00"},
    {"UTC-8", true, "UTC-08:00"},
    {"GMT+0", true, "GMT"},
    {"GMT0", true, "GMT0"},
    {"GMT+2", true, "GMT+02:00"},
    {"UT+3", true, "UT+03:00"},
    {"UTC+19", false, "Invalid ID for offset-based ZoneId: UTC+19"},
    {"UTCX", false, "Unknown time-zone ID: UTCX"},
    {"UTC ", false, "Invalid ID for region-based ZoneId, invalid format: UTC "},
    {"+02:00", true, "+02:00"},
    {"+0200", true, "+02:00"},
    {"+02", true, "+02:00"},
    {"+2", true, "+02:00"},
    {"-18:00", true, "-18:00"},
    {"+18:01", false, "Invalid ID for ZoneOffset, invalid format: +18:01"},
    {"+", false, "Invalid ID for ZoneOffset, invalid format: +"},
    {"-", false, "Invalid ID for ZoneOffset, invalid format: -"},
    {"Europe/Berlin", true, "Europe/Berlin"},
    {"europe/berlin", false, "Unknown time-zone ID: europe/berlin"},
    {"America/Los_Angeles", true, "America/Los_Angeles"},
    {"America/Argentina/Buenos_Aires", true, "America/Argentina/Buenos_Aires"},
    {"Etc/GMT+5", true, "Etc/GMT+5"},
    {"Etc/UTC", true, "Etc/UTC"},
    {"EST", false, "Unknown time-zone ID: EST"},
    {"MST", false, "Unknown time-zone ID: MST"},
    {"HST", false, "Unknown time-zone ID: HST"},
    {"PST", false, "Unknown time-zone ID: PST"},
    {"EST5EDT", true, "EST5EDT"},
    {"PST8PDT", true, "PST8PDT"},
    {"CET", true, "CET"},
    {"MET", true, "MET"},
    {"WET", true, "WET"},
    {"EET", true, "EET"},
    {"ACT", false, "Unknown time-zone ID: ACT"},
    {"IST", false, "Unknown time-zone ID: IST"},
    {"JST", false, "Unknown time-zone ID: JST"},
    {"CST", false, "Unknown time-zone ID: CST"},
    {"CTT", false, "Unknown time-zone ID: CTT"},
    {"BST", false, "Unknown time-zone ID: BST"},
    {"ECT", false, "Unknown time-zone ID: ECT"},
    {"SST", false, "Unknown time-zone ID: SST"},
    {"Japan", true, "Japan"},
    {"Singapore", true, "Singapore"},
    {"GB", true, "GB"},
    {"Zulu", true, "Zulu"},
    {"Universal", true, "Universal"},
    {"UCT", true, "UCT"},
    {"Greenwich", true, "Greenwich"},
    {"ROC", false, "Unknown time-zone ID: ROC"},
    {"PRC", true, "PRC"},
    {"ROK", true, "ROK"},
    {"NZ", true, "NZ"},
    {"US/Pacific", true, "US/Pacific"},
    {"US/Pacific-New", false, "Unknown time-zone ID: US/Pacific-New"},
    {"posix/UTC", false, "Unknown time-zone ID: posix/UTC"},
    {"right/UTC", false, "Unknown time-zone ID: right/UTC"},
    {"../etc/passwd", false, "Invalid ID for region-based ZoneId, invalid format: ../etc/passwd"},
    {"Europe/../Europe/Berlin", false, "Unknown time-zone ID: Europe/../Europe/Berlin"},
    {"/etc/localtime", false, "Invalid ID for region-based ZoneId, invalid format: /etc/localtime"},
    {"Europe", false, "Unknown time-zone ID: Europe"},
    {"Europe/", false, "Unknown time-zone ID: Europe/"},
    {"", false, "Invalid ID for ZoneOffset, invalid format: "},
    {"A", false, "Invalid ID for ZoneOffset, invalid format: A"},
    {"AB", false, "Unknown time-zone ID: AB"},
    {"1A", false, "Invalid ID for region-based ZoneId, invalid format: 1A"},
    {"posixrules", false, "Unknown time-zone ID: posixrules"},
    {"Factory", false, "Unknown time-zone ID: Factory"},
    {"localtime", false, "Unknown time-zone ID: localtime"},
    {"leapseconds", false, "Unknown time-zone ID: leapseconds"},
    {"tzdata.zi", false, "Unknown time-zone ID: tzdata.zi"},
    {"zone.tab", false, "Unknown time-zone ID: zone.tab"},
    {"zone1970.tab", false, "Unknown time-zone ID: zone1970.tab"},
    {"iso3166.tab", false, "Unknown time-zone ID: iso3166.tab"},
    {"Europe/Kyiv", true, "Europe/Kyiv"},
    {"America/Ciudad_Juarez", true, "America/Ciudad_Juarez"},
    {"Asia/Calcutta", true, "Asia/Calcutta"},
    {"GMT-0", true, "GMT"},
    {"Etc/GMT-14", true, "Etc/GMT-14"},
    {"foo/bar", false, "Unknown time-zone ID: foo/bar"},
    {"UTC/", false, "Unknown time-zone ID: UTC/"},
    {"Europe/Berlin ", false, "Invalid ID for region-based ZoneId, invalid format: Europe/Berlin "},
    {"Iran", true, "Iran"},
    {"Eire", true, "Eire"},
    {"America/Nuuk", true, "America/Nuuk"},
    {"Pacific/Kanton", true, "Pacific/Kanton"},
};

static const struct {
    const char *id;
    int64_t instant;
    int32_t offset_seconds;
    int64_t local;
    int64_t local_instant;
} offset_rows[] = {
    {"Europe/Berlin", 1616898600LL, 7200, 1616898600LL, 1616895000LL},
    {"Europe/Berlin", 1635647400LL, 3600, 1635647400LL, 1635640200LL},
    {"Europe/Berlin", 2531961000LL, 7200, 2531961000LL, 2531957400LL},
    {"Europe/Berlin", 2550709800LL, 3600, 2550709800LL, 2550702600LL},
    {"UTC", 2793789340LL, 0, 2793789860LL, 2793789860LL},
    {"UTC", 3074371705LL, 0, 3074370651LL, 3074370651LL},
    {"UTC", 3754104676LL, 0, 3754104529LL, 3754104529LL},
    {"UTC", 2021258431LL, 0, 2021260109LL, 2021260109LL},
    {"UTC", -403172080LL, 0, -403175366LL, -403175366LL},
    {"UTC", 2645674423LL, 0, 2645671529LL, 2645671529LL},
    {"Z", 3941889724LL, 0, 3941888802LL, 3941888802LL},
    {"Z", 2657380227LL, 0, 2657381804LL, 2657381804LL},
    {"Z", 1860666026LL, 0, 1860664878LL, 1860664878LL},
    {"Z", 1783962552LL, 0, 1783964000LL, 1783964000LL},
    {"Z", -59236056LL, 0, -59234478LL, -59234478LL},
    {"Z", 2061920911LL, 0, 2061921591LL, 2061921591LL},
    {"+02:00", 2961994050LL, 7200, 2961999740LL, 2961992540LL},
    {"+02:00", -281833460LL, 7200, -281823573LL, -281830773LL},
    {"+02:00", 3951798515LL, 7200, 3951802651LL, 3951795451LL},
    {"+02:00", 1284487205LL, 7200, 1284496176LL, 1284488976LL},
    {"+02:00", 2306810592LL, 7200, 2306817273LL, 2306810073LL},
    {"+02:00", 3645775610LL, 7200, 3645786016LL, 3645778816LL},
    {"UTC-8", 3108627184LL, -28800, 3108594990LL, 3108623790LL},
    {"UTC-8", -278191926LL, -28800, -278221837LL, -278193037LL},
    {"UTC-8", 3486505339LL, -28800, 3486477962LL, 3486506762LL},
    {"UTC-8", -326162649LL, -28800, -326190859LL, -326162059LL},
    {"UTC-8", 3762256634LL, -28800, 3762228264LL, 3762257064LL},
    {"UTC-8", 3677348904LL, -28800, 3677316605LL, 3677345405LL},
    {"Europe/Berlin", 323831720LL, 7200, 323835392LL, 323831792LL},
    {"Europe/Berlin", 2764776697LL, 7200, 2764784561LL, 2764777361LL},
    {"Europe/Berlin", 2740006383LL, 7200, 2740011593LL, 2740004393LL},
    {"Europe/Berlin", 2549018368LL, 7200, 2549028419LL, 2549021219LL},
    {"Europe/Berlin", 2771457266LL, 3600, 2771461193LL, 2771453993LL},
    {"Europe/Berlin", -288786669LL, 3600, -288781077LL, -288784677LL},
    {"Europe/London", -195085607LL, 3600, -195085333LL, -195088933LL},
    {"Europe/London", 3072342071LL, 3600, 3072342737LL, 3072339137LL},
    {"Europe/London", 1364691206LL, 0, 1364691156LL, 1364691156LL},
    {"Europe/London", 2534288780LL, 3600, 2534289198LL, 2534285598LL},
    {"Europe/London", 3370813299LL, 0, 3370815870LL, 3370812270LL},
    {"Europe/London", 803545769LL, 3600, 803548667LL, 803545067LL},
    {"Europe/Dublin", 3623618249LL, 3600, 3623618844LL, 3623615244LL},
    {"Europe/Dublin", 2368907756LL, 0, 2368908429LL, 2368908429LL},
    {"Europe/Dublin", 3023658747LL, 0, 3023661296LL, 3023657696LL},
    {"Europe/Dublin", -477458375LL, 0, -477461857LL, -477461857LL},
    {"Europe/Dublin", 3970775386LL, 0, 3970771945LL, 3970768345LL},
    {"Europe/Dublin", 379533943LL, 0, 379534646LL, 379534646LL},
    {"America/Los_Angeles", 1067158501LL, -25200, 1067135754LL, 1067164554LL},
    {"America/Los_Angeles", 3963180146LL, -25200, 3963153963LL, 3963179163LL},
    {"America/Los_Angeles", 923221528LL, -25200, 923199553LL, 923224753LL},
    {"America/Los_Angeles", 3064945689LL, -28800, 3064915163LL, 3064943963LL},
    {"America/Los_Angeles", 1352020095LL, -28800, 1351994056LL, 1352019256LL},
    {"America/Los_Angeles", -186911172LL, -28800, -186936791LL, -186907991LL},
    {"America/New_York", 514967687LL, -18000, 514950060LL, 514968060LL},
    {"America/New_York", 2260901655LL, -14400, 2260886884LL, 2260901284LL},
    {"America/New_York", 2298522180LL, -18000, 2298506862LL, 2298524862LL},
    {"America/New_York", 3949260012LL, -18000, 3949240804LL, 3949258804LL},
    {"America/New_York", -116440620LL, -14400, -116451546LL, -116437146LL},
    {"America/New_York", 336996489LL, -14400, 336979789LL, 336994189LL},
    {"America/Sao_Paulo", 3988145210LL, -10800, 3988132934LL, 3988143734LL},
    {"America/Sao_Paulo", 3828913966LL, -10800, 3828903176LL, 3828913976LL},
    {"America/Sao_Paulo", -184196354LL, -10800, -184208998LL, -184201798LL},
    {"America/Sao_Paulo", 2345672475LL, -10800, 2345663921LL, 2345674721LL},
    {"America/Sao_Paulo", 2853772074LL, -10800, 2853759076LL, 2853769876LL},
    {"America/Sao_Paulo", 2741434805LL, -10800, 2741421465LL, 2741432265LL},
    {"Asia/Kolkata", 747097912LL, 19800, 747118483LL, 747098683LL},
    {"Asia/Kolkata", 924879679LL, 19800, 924896925LL, 924877125LL},
    {"Asia/Kolkata", 2432313723LL, 19800, 2432333007LL, 2432313207LL},
    {"Asia/Kolkata", 3490520467LL, 19800, 3490538526LL, 3490518726LL},
    {"Asia/Kolkata", 615108635LL, 19800, 615127806LL, 615108006LL},
    {"Asia/Kolkata", 1644644354LL, 19800, 1644664541LL, 1644644741LL},
    {"Asia/Kathmandu", 2409654216LL, 20700, 2409677999LL, 2409657299LL},
    {"Asia/Kathmandu", 3556582705LL, 20700, 3556602969LL, 3556582269LL},
    {"Asia/Kathmandu", 3116785609LL, 20700, 3116804498LL, 3116783798LL},
    {"Asia/Kathmandu", 1637065657LL, 20700, 1637082779LL, 1637062079LL},
    {"Asia/Kathmandu", 1410525976LL, 20700, 1410550030LL, 1410529330LL},
    {"Asia/Kathmandu", 649651146LL, 20700, 649672023LL, 649651323LL},
    {"Asia/Tokyo", 2469578821LL, 32400, 2469608575LL, 2469576175LL},
    {"Asia/Tokyo", 2341859541LL, 32400, 2341892137LL, 2341859737LL},
    {"Asia/Tokyo", 3255720604LL, 32400, 3255749461LL, 3255717061LL},
    {"Asia/Tokyo", 2210708618LL, 32400, 2210742015LL, 2210709615LL},
    {"Asia/Tokyo", -264636888LL, 32400, -264604763LL, -264637163LL},
    {"Asia/Tokyo", 3804405331LL, 32400, 3804438323LL, 3804405923LL},
    {"Australia/Lord_Howe", 1586011325LL, 39600, 1586051016LL, 1586011416LL},
    {"Australia/Lord_Howe", 3846774749LL, 39600, 3846816521LL, 3846776921LL},
    {"Australia/Lord_Howe", 967303091LL, 37800, 967338647LL, 967300847LL},
    {"Australia/Lord_Howe", 2059810354LL, 37800, 2059850903LL, 2059813103LL},
    {"Australia/Lord_Howe", 1067096615LL, 39600, 1067133027LL, 1067095227LL},
    {"Australia/Lord_Howe", 2272303748LL, 39600, 2272344320LL, 2272304720LL},
    {"Australia/Sydney", 162923291LL, 36000, 162957368LL, 162917768LL},
    {"Australia/Sydney", 1596269058LL, 36000, 1596304268LL, 1596268268LL},
    {"Australia/Sydney", 2611756630LL, 36000, 2611791875LL, 2611755875LL},
    {"Australia/Sydney", 1809294326LL, 36000, 1809331850LL, 1809295850LL},
    {"Australia/Sydney", 341337357LL, 36000, 341376696LL, 341340696LL},
    {"Australia/Sydney", 2340982892LL, 39600, 2341024616LL, 2340985016LL},
    {"Pacific/Apia", 1285499764LL, -36000, 1285466048LL, 1285502048LL},
    {"Pacific/Apia", 1088029271LL, -39600, 1087986640LL, 1088026240LL},
    {"Pacific/Apia", 3400434245LL, 46800, 3400478277LL, 3400431477LL},
    {"Pacific/Apia", 2666412488LL, 46800, 2666459412LL, 2666412612LL},
    {"Pacific/Apia", 2532497556LL, 46800, 2532541461LL, 2532494661LL},
    {"Pacific/Apia", 3680081812LL, 46800, 3680131094LL, 3680084294LL},
    {"Africa/Casablanca", 1774144658LL, 0, 1774141494LL, 1774141494LL},
    {"Africa/Casablanca", 179381396LL, 0, 179378983LL, 179378983LL},
    {"Africa/Casablanca", 1212276875LL, 0, 1212280214LL, 1212280214LL},
    {"Africa/Casablanca", 1159948964LL, 0, 1159949060LL, 1159949060LL},
    {"Africa/Casablanca", 141263258LL, 0, 141262125LL, 141262125LL},
    {"Africa/Casablanca", 2566796271LL, 3600, 2566800910LL, 2566797310LL},
    {"America/St_Johns", 2740623116LL, -9000, 2740615309LL, 2740627909LL},
    {"America/St_Johns", 2043791438LL, -9000, 2043783547LL, 2043792547LL},
    {"America/St_Johns", -400099696LL, -12600, -400110170LL, -400097570LL},
    {"America/St_Johns", 88313471LL, -9000, 88302675LL, 88311675LL},
    {"America/St_Johns", 1983414959LL, -12600, 1983402158LL, 1983411158LL},
    {"America/St_Johns", -250014705LL, -12600, -250028848LL, -250016248LL},
    {"Pacific/Chatham", 152632127LL, 45900, 152677301LL, 152631401LL},
    {"Pacific/Chatham", 287315723LL, 49500, 287367627LL, 287318127LL},
    {"Pacific/Chatham", 3210503348LL, 49500, 3210551931LL, 3210502431LL},
    {"Pacific/Chatham", 772168238LL, 45900, 772211203LL, 772165303LL},
    {"Pacific/Chatham", 152633482LL, 49500, 152681300LL, 152635400LL},
    {"Pacific/Chatham", 2275635084LL, 49500, 2275685623LL, 2275636123LL},
    {"Asia/Tehran", 2879939040LL, 12600, 2879950838LL, 2879938238LL},
    {"Asia/Tehran", 1290295778LL, 12600, 1290310178LL, 1290297578LL},
    {"Asia/Tehran", 2043139426LL, 12600, 2043153147LL, 2043140547LL},
    {"Asia/Tehran", 181097846LL, 12600, 181108277LL, 181095677LL},
    {"Asia/Tehran", 3727461882LL, 12600, 3727476038LL, 3727463438LL},
    {"Asia/Tehran", 3275760211LL, 12600, 3275775295LL, 3275762695LL},
    {"CET", 1238286828LL, 3600, 1238286972LL, 1238283372LL},
    {"CET", 1810166235LL, 7200, 1810172516LL, 1810165316LL},
    {"CET", 2676501995LL, 7200, 2676511551LL, 2676507951LL},
    {"CET", 2795422057LL, 7200, 2795429678LL, 2795422478LL},
    {"CET", 228876945LL, 3600, 228877645LL, 228874045LL},
    {"CET", 1961677914LL, 3600, 1961683648LL, 1961680048LL},
    {"EST5EDT", 2940822014LL, -14400, 2940809706LL, 2940824106LL},
    {"EST5EDT", 549495119LL, -14400, 549478346LL, 549492746LL},
    {"EST5EDT", 3287976873LL, -18000, 3287956496LL, 3287974496LL},
    {"EST5EDT", 3419665601LL, -14400, 3419651666LL, 3419666066LL},
    {"EST5EDT", 3277088211LL, -18000, 3277070019LL, 3277084419LL},
    {"EST5EDT", 436160997LL, -14400, 436144936LL, 436159336LL},
    {"Etc/GMT+5", 3419357414LL, -18000, 3419341196LL, 3419359196LL},
    {"Etc/GMT+5", 539590663LL, -18000, 539575687LL, 539593687LL},
    {"Etc/GMT+5", 2420488929LL, -18000, 2420469720LL, 2420487720LL},
    {"Etc/GMT+5", 3915364193LL, -18000, 3915343999LL, 3915361999LL},
    {"Etc/GMT+5", 3553365281LL, -18000, 3553345155LL, 3553363155LL},
    {"Etc/GMT+5", 485066705LL, -18000, 485049614LL, 485067614LL},
    {"Antarctica/Troll", 2329348931LL, 0, 2329349205LL, 2329342005LL},
    {"Antarctica/Troll", 572003360LL, 0, 572004486LL, 572004486LL},
    {"Antarctica/Troll", 3762724945LL, 7200, 3762730419LL, 3762730419LL},
    {"Antarctica/Troll", 976537943LL, 0, 976535101LL, 976535101LL},
    {"Antarctica/Troll", 2140046911LL, 0, 2140043544LL, 2140036344LL},
    {"Antarctica/Troll", 92456918LL, 0, 92457655LL, 92457655LL},
};
/* clang-format on */

static int create_cache(void **state)
{
    struct diag diag;
    struct time_zone_cache *cache = NULL;
    assert_ok(time_zone_cache_create(&cache, &diag), &diag);
    *state = cache;
    return 0;
}

static int destroy_cache(void **state)
{
    time_zone_cache_destroy(*state);
    return 0;
}

static void ids_are_taken_and_refused_like_java(void **state)
{
    for (size_t i = 0; i < ROWS(id_rows); i++) {
        struct diag diag;
        diag_reset(&diag);
        struct time_zone zone;
        const enum status status =
            time_zone_cache_find(*state, text_of(id_rows[i].id), &zone, &diag);
        if (!id_rows[i].valid) {
            assert_int_equal(status, STATUS_INVALID);
            assert_string_equal(diag.message, id_rows[i].text);
            continue;
        }
        assert_ok(status, &diag);
        char id[TIME_ZONE_ID_BYTES_MAX + 1];
        id[time_zone_id(&zone, id)] = '\0';
        assert_string_equal(id, id_rows[i].text);
    }
}

static void offsets_and_instants_are_those_of_java(void **state)
{
    for (size_t i = 0; i < ROWS(offset_rows); i++) {
        struct diag diag;
        diag_reset(&diag);
        struct time_zone zone;
        assert_ok(time_zone_cache_find(*state, text_of(offset_rows[i].id), &zone, &diag), &diag);
        const int32_t offset = time_zone_at(&zone, offset_rows[i].instant).offset_seconds;
        const int64_t instant = time_zone_instant(&zone, offset_rows[i].local);
        if (offset != offset_rows[i].offset_seconds || instant != offset_rows[i].local_instant) {
            fail_msg("%s at %lld: offset %d; local %lld is %lld", offset_rows[i].id,
                     (long long)offset_rows[i].instant, offset, (long long)offset_rows[i].local,
                     (long long)instant);
        }
    }
}

static void abbreviations_follow_daylight(void **state)
{
    struct diag diag;
    diag_reset(&diag);
    struct time_zone zone;
    assert_ok(time_zone_cache_find(*state, TEXT("America/Los_Angeles"), &zone, &diag), &diag);
    struct time_zone_state at = time_zone_at(&zone, 1526075913);
    assert_string_equal(at.abbreviation, "PDT");
    assert_true(at.is_daylight);
    at = time_zone_at(&zone, 4070908800); /* behind the file's last instant: by the rule */
    assert_string_equal(at.abbreviation, "PST");
    assert_false(at.is_daylight);
}

static void a_region_is_read_once(void **state)
{
    struct diag diag;
    diag_reset(&diag);
    struct time_zone first;
    struct time_zone second;
    assert_ok(time_zone_cache_find(*state, TEXT("Asia/Tokyo"), &first, &diag), &diag);
    memory_fail_after(1);
    assert_ok(time_zone_cache_find(*state, TEXT("Asia/Tokyo"), &second, &diag), &diag);
    memory_fail_after(0);
    assert_ptr_equal(first.rules, second.rules);
}

static void long_and_broken_names_are_refused(void **state)
{
    char id[5000];
    struct diag diag;
    struct time_zone zone = TIME_ZONE_UTC;
    memset(id, 'A', sizeof(id));
    assert_int_equal(time_zone_cache_find(*state, (struct text){id, sizeof(id)}, &zone, &diag),
                     STATUS_INVALID);
    assert_int_equal(time_zone_cache_find(*state, (struct text){"Eu\0rope", 7}, &zone, &diag),
                     STATUS_INVALID);
    assert_int_equal(time_zone_cache_find(*state, (struct text){NULL, 0}, &zone, &diag),
                     STATUS_INVALID);
    assert_null(zone.rules);
}

static void system_zone_is_always_found(void **state)
{
    struct diag diag;
    diag_reset(&diag);
    struct time_zone zone;
    assert_ok(time_zone_cache_find_system(*state, &zone, &diag), &diag);
}

/* A minimal file of version 2: one type, no transitions, the given footer. */
static struct text make_file(char *out, const char *footer)
{
    memset(out, 0, 200);
    size_t used = 0;
    for (int block = 0; block < 2; block++) {
        memcpy(out + used, "TZif2", 5);
        out[used + 39] = 1; /* types */
        out[used + 43] = 4; /* bytes of names */
        memcpy(out + used + 44 + 6, "LMT", 4);
        used += 44 + 6 + 4;
    }
    const int length = snprintf(out + used, 90, "\n%s\n", footer);
    return (struct text){out, used + (size_t)length};
}

static void broken_files_are_refused(void **state)
{
    (void)state;
    static const char *const footers[] = {"CET",
                                          "CET-1CEST,M3.5.0",
                                          "CET-1CEST,M13.1.0,J1",
                                          "CET-1CEST,",
                                          "-1",
                                          "CET-1CEST,M3.5.0,M10.5.0x",
                                          "<+03",
                                          "CET-1CEST,J366,J1"};
    struct arena arena;
    arena_init(&arena);
    char file[200];
    const struct time_zone_rules *rules = NULL;
    for (size_t i = 0; i < ROWS(footers); i++) {
        struct diag diag;
        assert_int_equal(
            time_zone_rules_decode(TEXT("X"), make_file(file, footers[i]), &arena, &rules, &diag),
            STATUS_CORRUPT);
    }
    struct diag diag;
    const struct text whole = make_file(file, "CET-1CEST,M3.5.0,M10.5.0/3");
    assert_ok(time_zone_rules_decode(TEXT("X"), whole, &arena, &rules, &diag), &diag);
    for (size_t bytes = 0; bytes < whole.bytes; bytes++) {
        const struct text cut = {whole.data, bytes};
        assert_int_equal(time_zone_rules_decode(TEXT("X"), cut, &arena, &rules, &diag),
                         STATUS_CORRUPT);
    }
    for (size_t at = 0; at < whole.bytes; at++) { /* no byte may lead outside the file */
        const char old = file[at];
        file[at] = (char)0xFF;
        if (time_zone_rules_decode(TEXT("X"), whole, &arena, &rules, &diag) == STATUS_OK) {
            (void)time_zone_rules_at(rules, 1526075913);
        }
        file[at] = old;
    }
    arena_release(&arena);
}

static void day_rules_of_posix_are_understood(void **state)
{
    (void)state;
    struct arena arena;
    struct diag diag;
    arena_init(&arena);
    diag_reset(&diag);
    char file[200];
    const struct time_zone_rules *rules = NULL;
    /* Daylight from March 1 (J60 never counts February 29) to day 300 of the year, 2020. */
    assert_ok(time_zone_rules_decode(TEXT("X"), make_file(file, "<X>-1<Y>-3,J60/0,300/-1"), &arena,
                                     &rules, &diag),
              &diag);
    assert_int_equal(time_zone_rules_at(rules, 1583017199).offset_seconds, 3600);
    assert_int_equal(time_zone_rules_at(rules, 1583017200).offset_seconds, 10800);
    assert_int_equal(time_zone_rules_at(rules, 1603742399).offset_seconds, 10800);
    assert_int_equal(time_zone_rules_at(rules, 1603742400).offset_seconds, 3600);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_taken_and_refused_like_java),
        cmocka_unit_test(offsets_and_instants_are_those_of_java),
        cmocka_unit_test(abbreviations_follow_daylight),
        cmocka_unit_test(a_region_is_read_once),
        cmocka_unit_test(long_and_broken_names_are_refused),
        cmocka_unit_test(system_zone_is_always_found),
        cmocka_unit_test(broken_files_are_refused),
        cmocka_unit_test(day_rules_of_posix_are_understood),
    };
    return cmocka_run_group_tests(tests, create_cache, destroy_cache);
}
