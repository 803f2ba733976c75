#include "CWebAssets.h"

// Clang has `#embed` in every language mode and says so.
#pragma clang diagnostic ignored "-Wc23-extensions"

// Scripts in the order of their imports: each after everything that it uses.
static const unsigned char app_css[] = {
#embed "web/app.css"
};
static const unsigned char dom_js[] = {
#embed "web/dom.js"
};
static const unsigned char format_js[] = {
#embed "web/format.js"
};
static const unsigned char source_js[] = {
#embed "web/source.js"
};
static const unsigned char events_js[] = {
#embed "web/events.js"
};
static const unsigned char live_js[] = {
#embed "web/live.js"
};
static const unsigned char keys_js[] = {
#embed "web/keys.js"
};
static const unsigned char palette_js[] = {
#embed "web/palette.js"
};
static const unsigned char session_js[] = {
#embed "web/session.js"
};
static const unsigned char states_js[] = {
#embed "web/states.js"
};
static const unsigned char canvas_js[] = {
#embed "web/canvas.js"
};
static const unsigned char interleaving_js[] = {
#embed "web/interleaving.js"
};
static const unsigned char slice_js[] = {
#embed "web/slice.js"
};
static const unsigned char races_js[] = {
#embed "web/races.js"
};
static const unsigned char race_js[] = {
#embed "web/race.js"
};
static const unsigned char waterfall_js[] = {
#embed "web/waterfall.js"
};
static const unsigned char timeline_js[] = {
#embed "web/timeline.js"
};
static const unsigned char traces_js[] = {
#embed "web/traces.js"
};
static const unsigned char compare_js[] = {
#embed "web/compare.js"
};
static const unsigned char variables_js[] = {
#embed "web/variables.js"
};
static const unsigned char services_js[] = {
#embed "web/services.js"
};
static const unsigned char livepage_js[] = {
#embed "web/livepage.js"
};
static const unsigned char health_js[] = {
#embed "web/health.js"
};
static const unsigned char app_js[] = {
#embed "web/app.js"
};

static const raceway_web_asset assets[] = {
    {"app.css", app_css, sizeof(app_css)},
    {"dom.js", dom_js, sizeof(dom_js)},
    {"format.js", format_js, sizeof(format_js)},
    {"source.js", source_js, sizeof(source_js)},
    {"events.js", events_js, sizeof(events_js)},
    {"live.js", live_js, sizeof(live_js)},
    {"keys.js", keys_js, sizeof(keys_js)},
    {"palette.js", palette_js, sizeof(palette_js)},
    {"session.js", session_js, sizeof(session_js)},
    {"states.js", states_js, sizeof(states_js)},
    {"canvas.js", canvas_js, sizeof(canvas_js)},
    {"interleaving.js", interleaving_js, sizeof(interleaving_js)},
    {"slice.js", slice_js, sizeof(slice_js)},
    {"races.js", races_js, sizeof(races_js)},
    {"race.js", race_js, sizeof(race_js)},
    {"waterfall.js", waterfall_js, sizeof(waterfall_js)},
    {"timeline.js", timeline_js, sizeof(timeline_js)},
    {"traces.js", traces_js, sizeof(traces_js)},
    {"compare.js", compare_js, sizeof(compare_js)},
    {"variables.js", variables_js, sizeof(variables_js)},
    {"services.js", services_js, sizeof(services_js)},
    {"livepage.js", livepage_js, sizeof(livepage_js)},
    {"health.js", health_js, sizeof(health_js)},
    {"app.js", app_js, sizeof(app_js)},
};

size_t raceway_web_asset_count(void) { return sizeof(assets) / sizeof(assets[0]); }

raceway_web_asset raceway_web_asset_at(size_t index) { return assets[index]; }
