/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sono_meter_bars.h"

#include <glib/gi18n.h>
#include <math.h>

#include "lane_style.h"

#define WIDTH_PX 64
#define SCALE_PX 20.0 /* the dB beside the bars */
#define LIGHT_PX 5.0  /* of clipping */
#define TOP_PX 6.0
#define EDGE_PX 4.0
#define ROW_PX 15.0 /* of the figures */
#define MAX_BARS 20 /* with more channels a bar shows the loudest of several */
#define DRAW_US 33000
#define TELL_US 250000

enum { TRUE_PEAK, MOMENTARY, SHORT, INTEGRATED, RANGE, N_FIGURES };

struct _SonoMeterBars {
    GtkWidget parent_instance;
    LaneStyle style;
    GtkWidget *fader; /* or NULL */
    SonoMeterReading reading;
    gint64 read_us, drawn_us, told_us; /* 0: never */
    char figures[N_FIGURES][12];
};

G_DEFINE_FINAL_TYPE(SonoMeterBars, sono_meter_bars, GTK_TYPE_WIDGET)

double sono_meter_position(double db)
{
    static const double knots[][2] = {{-70.0, 0.0},  {-60.0, 0.025}, {-50.0, 0.075}, {-40.0, 0.15},
                                      {-30.0, 0.30}, {-20.0, 0.50},  {0.0, 1.0}};
    if (!(db > knots[0][0])) {
        return 0.0;
    }
    for (gsize i = 1; i < G_N_ELEMENTS(knots); i++) {
        if (db <= knots[i][0]) {
            const double part = (db - knots[i - 1][0]) / (knots[i][0] - knots[i - 1][0]);
            return knots[i - 1][1] + part * (knots[i][1] - knots[i - 1][1]);
        }
    }
    return 1.0;
}

/* ---- what is shown ---- */

/* Of 1.. channels: several share a bar when there are many. */
static int n_bars(const SonoMeterBars *m)
{
    return CLAMP(m->reading.n_channels, 1, MAX_BARS);
}

static void channels_of(const SonoMeterBars *m, int bar, int *first, int *end)
{
    const int n = MAX(m->reading.n_channels, 1);
    *first = bar * n / n_bars(m);
    *end = MAX((bar + 1) * n / n_bars(m), *first + 1);
}

static double loudest(const float *db, int first, int end)
{
    double most = SONO_METER_FLOOR_DB;
    for (int c = first; c < end; c++) {
        most = fmax(most, (double)db[c]);
    }
    return most;
}

static gboolean is_clipped(const SonoMeterBars *m, int first, int end)
{
    for (int c = first; c < end; c++) {
        if ((m->reading.clipped >> c) & 1U) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What is not heard any more falls as the bars do. TRUE: something is left. */
static gboolean fall(SonoMeterReading *r, double by_db)
{
    gboolean left = FALSE;
    for (int c = 0; c < r->n_channels; c++) {
        float *const values[] = {&r->peak_db[c], &r->hold_db[c], &r->rms_db[c]};
        for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
            *values[i] = (float)fmax((double)*values[i] - by_db, SONO_METER_FLOOR_DB);
            left = left || sono_meter_position((double)*values[i]) > 0.0;
        }
    }
    return left;
}

static void write_figures(SonoMeterBars *m)
{
    const SonoMeterReading *r = &m->reading;
    const float values[] = {r->true_peak_db, r->momentary_lufs, r->short_lufs, r->integrated_lufs};
    for (int i = 0; i < RANGE; i++) {
        const gboolean known = r->n_channels > 0 && (double)values[i] > SONO_METER_FLOOR_DB + 0.05;
        (void)g_snprintf(m->figures[i], sizeof m->figures[i], known ? "%.1f" : "–", known ? (double)values[i] : 0.0);
    }
    const gboolean has_range = r->n_channels > 0 && r->range_lu > 0.0f;
    (void)g_snprintf(m->figures[RANGE], sizeof m->figures[RANGE], has_range ? "%.1f" : "–",
                     has_range ? (double)r->range_lu : 0.0);
}

/* For assistive technology, a few times a second: in words, for GTK 4.8 tells values of its own ranges only. */
static void tell(SonoMeterBars *m, gint64 now_us)
{
    const SonoMeterReading *r = &m->reading;
    const double peak_db = loudest(r->hold_db, 0, CLAMP(r->n_channels, 0, SONO_METER_CHANNELS));
    if (now_us - m->told_us < TELL_US && m->told_us > 0) {
        return;
    }
    m->told_us = now_us;
    g_autofree char *text = g_strdup_printf(_("%.1f dB; true peak %s, loudness %s LUFS"), peak_db,
                                            m->figures[TRUE_PEAK], m->figures[INTEGRATED]);
    gtk_accessible_update_property(GTK_ACCESSIBLE(m), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, peak_db,
                                   GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                   -1);
}

gboolean sono_meter_bars_set(SonoMeterBars *m, const SonoMeterReading *reading, gboolean sounding)
{
    const gint64 now_us = g_get_monotonic_time();
    const double dt_s = m->read_us > 0 ? CLAMP((double)(now_us - m->read_us) / 1e6, 0.0, 0.5) : 0.0;
    gboolean goes_on = TRUE;
    m->read_us = now_us;
    if (sounding) {
        m->reading = *reading;
    } else { /* what was measured stays to be read, until it is reset */
        SonoMeterReading rest = *reading;
        goes_on = fall(&m->reading, SONO_METER_FALL_DB_PER_S * dt_s);
        memcpy(rest.peak_db, m->reading.peak_db, sizeof rest.peak_db);
        memcpy(rest.hold_db, m->reading.hold_db, sizeof rest.hold_db);
        memcpy(rest.rms_db, m->reading.rms_db, sizeof rest.rms_db);
        m->reading = rest;
    }
    m->reading.n_channels = CLAMP(m->reading.n_channels, 0, SONO_METER_CHANNELS);
    if ((now_us - m->drawn_us >= DRAW_US || !goes_on) && gtk_widget_get_mapped(GTK_WIDGET(m))) {
        m->drawn_us = now_us;
        write_figures(m);
        m->told_us = goes_on ? m->told_us : 0; /* the last word is told in any case */
        tell(m, now_us);
        gtk_widget_queue_draw(GTK_WIDGET(m));
    }
    return goes_on;
}

/* ---- drawing ---- */

typedef struct Area {
    double x, y, width, height; /* of the bars */
} Area;

static int fader_width(const SonoMeterBars *m)
{
    int min = 0;
    int natural = 0;
    if (m->fader && gtk_widget_should_layout(m->fader)) {
        gtk_widget_measure(m->fader, GTK_ORIENTATION_HORIZONTAL, -1, &min, &natural, NULL, NULL);
    }
    return natural;
}

static Area bars_area(SonoMeterBars *m)
{
    GtkWidget *widget = GTK_WIDGET(m);
    const double y = TOP_PX + LIGHT_PX + 3.0;
    const double height = gtk_widget_get_height(widget) - y - N_FIGURES * ROW_PX - 10.0;
    const double width = gtk_widget_get_width(widget) - SCALE_PX - EDGE_PX - fader_width(m);
    return (Area){SCALE_PX, y, MAX(width, 1.0), MAX(height, 0.0)};
}

static void draw_scale(SonoMeterBars *m, GtkSnapshot *snapshot, const Area *a)
{
    static const int levels_db[] = {0, -6, -12, -18, -24, -30, -40, -50};
    GtkWidget *widget = GTK_WIDGET(m);
    const double least = lane_text_height(&m->style, widget);
    double last = -1e6;
    for (gsize i = 0; i < G_N_ELEMENTS(levels_db); i++) {
        char text[8];
        const double y = lane_snap(widget, a->y + a->height * (1.0 - sono_meter_position(levels_db[i])));
        if (y - last < least || y > a->y + a->height) {
            continue;
        }
        last = y;
        (void)g_snprintf(text, sizeof text, "%d", -levels_db[i]);
        lane_text(&m->style, widget, snapshot, text, LANE_TEXT_DIM, SCALE_PX - 4.0, y, 1.0, 0.5);
        lane_rect(snapshot, lane_colour(&m->style, widget, LANE_LINE), a->x, y, a->width, 1.0);
    }
}

/* A bar from the bottom up to a level, in the colours of its levels. */
static void draw_level(SonoMeterBars *m, GtkSnapshot *snapshot, const Area *a, double x, double width, double db,
                       float alpha)
{
    static const struct {
        double from_db;
        LaneColour colour;
    } parts[] = {{-1e3, LANE_WAVE_RMS}, {-6.0, LANE_ACCENT}, {-0.1, LANE_CLIP}};
    GtkWidget *widget = GTK_WIDGET(m);
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        const double from = sono_meter_position(parts[i].from_db);
        const double to = sono_meter_position(i + 1 < G_N_ELEMENTS(parts) ? fmin(db, parts[i + 1].from_db) : db);
        const double y0 = lane_snap(widget, a->y + a->height * (1.0 - to));
        const double y1 = lane_snap(widget, a->y + a->height * (1.0 - from));
        const GdkRGBA colour = lane_colour_alpha(&m->style, widget, parts[i].colour, alpha);
        lane_rect(snapshot, &colour, x, y0, width, y1 - y0);
    }
}

static void draw_bar(SonoMeterBars *m, GtkSnapshot *snapshot, const Area *a, int bar)
{
    GtkWidget *widget = GTK_WIDGET(m);
    const int n = n_bars(m);
    const double gap = n <= 8 ? 2.0 : 1.0;
    const double x0 = lane_snap(widget, a->x + a->width * bar / n);
    const double x1 = lane_snap(widget, a->x + a->width * (bar + 1) / n);
    const double width = MAX(x1 - x0 - gap, 1.0);
    int first = 0;
    int end = 0;
    channels_of(m, bar, &first, &end);
    const GdkRGBA off = lane_colour_alpha(&m->style, widget, LANE_TICK_MINOR, 0.35f);
    const GdkRGBA trough = lane_colour_alpha(&m->style, widget, LANE_SHADE, 0.6f);
    const gboolean clipped = is_clipped(m, first, end);
    lane_rect(snapshot, clipped ? lane_colour(&m->style, widget, LANE_CLIP) : &off, x0, TOP_PX, width, LIGHT_PX);
    lane_rect(snapshot, &trough, x0, a->y, width, a->height);
    if (m->reading.n_channels == 0) {
        return;
    }
    draw_level(m, snapshot, a, x0, width, loudest(m->reading.peak_db, first, end), 0.55f);
    draw_level(m, snapshot, a, x0, width, loudest(m->reading.rms_db, first, end), 1.0f);
    const double hold_db = loudest(m->reading.hold_db, first, end);
    const double hold = sono_meter_position(hold_db);
    if (hold > 0.0) {
        const LaneColour colour = hold_db >= -0.1 ? LANE_CLIP : LANE_TEXT;
        lane_rect(snapshot, lane_colour(&m->style, widget, colour), x0,
                  lane_snap(widget, a->y + a->height * (1.0 - hold)), width, 1.0);
    }
}

static void draw_figures(SonoMeterBars *m, GtkSnapshot *snapshot)
{
    /* translators: true peak; loudness momentary, short-term, integrated; loudness range: short, as engineers do */
    const char *const names[] = {C_("meter", "TP"), C_("meter", "M"), C_("meter", "S"), C_("meter", "I"),
                                 C_("meter", "LR")};
    GtkWidget *widget = GTK_WIDGET(m);
    const double width = gtk_widget_get_width(widget);
    double y = gtk_widget_get_height(widget) - N_FIGURES * ROW_PX - 3.0;
    for (int i = 0; i < N_FIGURES; i++, y += ROW_PX) {
        const gboolean over = i == TRUE_PEAK && m->reading.n_channels > 0 && m->reading.true_peak_db > -1.0f;
        lane_text(&m->style, widget, snapshot, names[i], LANE_TEXT_DIM, 5.0, y, 0.0, 0.0);
        lane_text(&m->style, widget, snapshot, m->figures[i], over ? LANE_CLIP : LANE_TEXT, width - EDGE_PX - 1.0, y,
                  1.0, 0.0);
    }
}

static void sono_meter_bars_snapshot(GtkWidget *widget, GtkSnapshot *snapshot)
{
    SonoMeterBars *m = SONO_METER_BARS(widget);
    const Area a = bars_area(m);
    for (int bar = 0; bar < n_bars(m); bar++) {
        draw_bar(m, snapshot, &a, bar);
    }
    draw_scale(m, snapshot, &a);
    draw_figures(m, snapshot);
    if (m->fader) {
        gtk_widget_snapshot_child(widget, m->fader, snapshot);
    }
}

static void sono_meter_bars_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    SonoMeterBars *m = SONO_METER_BARS(widget);
    if (m->fader && gtk_widget_should_layout(m->fader)) {
        const int w = fader_width(m);
        const Area a = bars_area(m);
        int min = 0;
        gtk_widget_measure(m->fader, GTK_ORIENTATION_VERTICAL, w, &min, NULL, NULL, NULL);
        const GtkAllocation at = {width - w - (int)EDGE_PX / 2, (int)TOP_PX, w,
                                  MAX((int)(a.y + a.height - TOP_PX), min)};
        gtk_widget_size_allocate(m->fader, &at, -1);
    }
}

static void sono_meter_bars_measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                                    int *natural, int *minimum_baseline, int *natural_baseline)
{
    *minimum = *natural =
        orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_PX + fader_width(SONO_METER_BARS(widget)) : 0;
}

/* ---- life ---- */

static void on_pressed(GtkGestureClick *click, int n_press, double x, double y, GtkWidget *widget)
{
    (void)gtk_widget_activate_action(widget, "win.reset-meters", NULL);
}

static gboolean on_key(GtkEventControllerKey *keys, guint keyval, guint code, GdkModifierType held, GtkWidget *widget)
{
    return keyval == GDK_KEY_Return && gtk_widget_activate_action(widget, "win.reset-meters", NULL);
}

static gboolean on_tip(GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tip, gpointer data)
{
    gtk_tooltip_set_text(tip,
                         _("Peak and its hold, rms; true peak, loudness (momentary, short-term, integrated) in LUFS, "
                           "its range in LU. A click begins again"));
    return TRUE;
}

static void sono_meter_bars_css_changed(GtkWidget *widget, GtkCssStyleChange *change)
{
    GTK_WIDGET_CLASS(sono_meter_bars_parent_class)->css_changed(widget, change);
    lane_style_forget(&SONO_METER_BARS(widget)->style);
    gtk_widget_queue_draw(widget);
}

static void sono_meter_bars_dispose(GObject *object)
{
    g_clear_pointer(&SONO_METER_BARS(object)->fader, gtk_widget_unparent);
    lane_style_clear(&SONO_METER_BARS(object)->style);
    G_OBJECT_CLASS(sono_meter_bars_parent_class)->dispose(object);
}

static void sono_meter_bars_class_init(SonoMeterBarsClass *klass)
{
    GtkWidgetClass *widget = GTK_WIDGET_CLASS(klass);
    G_OBJECT_CLASS(klass)->dispose = sono_meter_bars_dispose;
    widget->snapshot = sono_meter_bars_snapshot;
    widget->measure = sono_meter_bars_measure;
    widget->size_allocate = sono_meter_bars_size_allocate;
    widget->css_changed = sono_meter_bars_css_changed;
    gtk_widget_class_set_css_name(widget, "meterbars");
    gtk_widget_class_set_accessible_role(widget, GTK_ACCESSIBLE_ROLE_METER);
    lane_style_install();
}

static void sono_meter_bars_init(SonoMeterBars *m)
{
    GtkWidget *widget = GTK_WIDGET(m);
    GtkGesture *click = gtk_gesture_click_new();
    GtkEventController *keys = gtk_event_controller_key_new();
    write_figures(m);
    tell(m, 0);
    g_signal_connect(click, "pressed", G_CALLBACK(on_pressed), m);
    g_signal_connect(keys, "key-pressed", G_CALLBACK(on_key), m);
    gtk_widget_add_controller(widget, GTK_EVENT_CONTROLLER(click));
    gtk_widget_add_controller(widget, keys);
    gtk_widget_set_focusable(widget, TRUE);
    gtk_widget_set_overflow(widget, GTK_OVERFLOW_HIDDEN);
    gtk_widget_set_has_tooltip(widget, TRUE);
    g_signal_connect(widget, "query-tooltip", G_CALLBACK(on_tip), NULL);
    gtk_accessible_update_property(GTK_ACCESSIBLE(m), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Meters"),
                                   GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, SONO_METER_FLOOR_DB,
                                   GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 0.0, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                   SONO_METER_FLOOR_DB, -1);
}

GtkWidget *sono_meter_bars_new(void)
{
    return g_object_new(SONO_TYPE_METER_BARS, NULL);
}

void sono_meter_bars_set_fader(SonoMeterBars *m, GtkWidget *fader)
{
    m->fader = fader;
    gtk_widget_set_parent(fader, GTK_WIDGET(m));
}
