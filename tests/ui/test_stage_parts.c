/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The widgets around the canvas under a real pointer and keyboard, and what they draw. SONO_SHOTS=FOLDER keeps
 * pictures; SONO_SOUND=FILE shows that sound in them. */
#include "lanes_fixture.h"
#include "sono_test.h"

#include <math.h>
#include <string.h>

#include "sono_clock.h"

static Lanes lanes;

static int open_all(void **state)
{
    (void)state;
    lanes_open(&lanes, NULL, 1280, 720);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    lanes_close(&lanes);
    return 0;
}

static void keep_shot(const char *name)
{
    const char *folder = g_getenv("SONO_SHOTS");
    if (folder) {
        g_autofree char *path = g_strdup_printf("%s/%s.png", folder, name);
        g_autoptr(GdkTexture) texture = lanes_picture(lanes.window, NULL);
        assert_true(gdk_texture_save_to_png(texture, path));
    }
}

static void drag(GtkWidget *widget, double x0, double y0, double x1, double y1)
{
    lanes_move(&lanes, widget, x0, y0);
    lanes_xdo("mousedown 1");
    lanes_move(&lanes, widget, 0.5 * (x0 + x1), 0.5 * (y0 + y1));
    lanes_move(&lanes, widget, x1, y1);
    lanes_xdo("mouseup 1");
}

static double seen_s(void)
{
    return lanes_view(&lanes)->width_px * lanes_view(&lanes)->s_per_px;
}

static void show(double t0_s, double t1_s)
{
    sono_view_state_show_region(lanes_view(&lanes), (SonoRegion){t0_s, t1_s, 0.0, 0.0}, 0.0);
    sono_canvas_refresh(lanes.canvas);
    lanes_settle(&lanes);
}

static void fit(void)
{
    sono_view_state_fit(lanes_view(&lanes));
    sono_canvas_refresh(lanes.canvas);
    lanes_settle(&lanes);
}

#define assert_near(a, b, slack)                                                                                       \
    do {                                                                                                               \
        const double a_ = (a);                                                                                         \
        const double b_ = (b);                                                                                         \
        if (!(fabs(a_ - b_) <= (slack))) {                                                                             \
            fail_msg("%s is %g, not %g", #a, a_, b_);                                                                  \
        }                                                                                                              \
    } while (0)

static void the_overview_moves_the_view(void **state)
{
    (void)state;
    SonoViewState *view = lanes_view(&lanes);
    const double width = gtk_widget_get_width(lanes.overview);
    show(1.0, 2.0);
    drag(lanes.overview, 0.375 * width, 20, 0.625 * width, 20);
    assert_near(view->t0_s, 2.0, 0.02);
    assert_near(seen_s(), 1.0, 1e-6);
    drag(lanes.overview, 0.75 * width - 1, 20, 0.875 * width - 1, 20); /* the right edge: from 3 s to 3.5 s */
    assert_near(view->t0_s, 2.0, 0.02);
    assert_near(seen_s(), 1.5, 0.03);
    lanes_move(&lanes, lanes.overview, 0.25 * width, 20); /* outside: centres there */
    lanes_xdo("click 1");
    assert_near(view->t0_s + 0.5 * seen_s(), 1.0, 0.02);
    const double before_s = seen_s();
    lanes_xdo("click 4");
    assert_true(seen_s() < 0.9 * before_s);
    assert_near(view->t0_s + 0.5 * seen_s(), 1.0, 0.05);
    lanes_xdo("click --repeat 2 --delay 60 1");
    assert_near(seen_s(), 4.0, 1e-6);
}

static void the_overview_has_keys(void **state)
{
    (void)state;
    show(0.0, 1.0);
    gtk_widget_grab_focus(lanes.overview);
    lanes_xdo("key Right");
    assert_true(lanes_view(&lanes)->t0_s > 0.05);
    lanes_xdo("key End");
    assert_near(lanes_view(&lanes)->t0_s + seen_s(), 4.0, 1e-6);
    lanes_xdo("key Up");
    assert_true(seen_s() < 0.9);
    lanes_xdo("key 0");
    assert_near(seen_s(), 4.0, 1e-6);
}

static void the_waveform_selects_time(void **state)
{
    (void)state;
    SonoScene *scene = sono_canvas_scene(lanes.canvas);
    const SonoTool *tool = sono_scene_tool(scene);
    fit();
    const double px_per_s = 1.0 / lanes_view(&lanes)->s_per_px;
    drag(lanes.waveform, 1.0 * px_per_s, 20, 2.0 * px_per_s, 30);
    SonoRegion region = sono_selection_region(sono_scene_selection(scene), 4.0, 22050.0);
    assert_near(region.t0_s, 1.0, 0.02);
    assert_near(region.t1_s, 2.0, 0.02);
    assert_ptr_equal(sono_scene_tool(scene), tool); /* given back */
    lanes_xdo("keydown shift");
    drag(lanes.waveform, 3.0 * px_per_s, 20, 3.5 * px_per_s, 30);
    lanes_xdo("keyup shift");
    region = sono_selection_region(sono_scene_selection(scene), 4.0, 22050.0);
    assert_near(region.t0_s, 1.0, 0.02);
    assert_near(region.t1_s, 3.5, 0.02);
    keep_shot("selection");
    lanes_move(&lanes, lanes.waveform, 2.5 * px_per_s, 30);
    lanes_xdo("click 1");
    assert_true(sono_selection_is_empty(sono_scene_selection(scene)));
}

static void the_waveform_zooms_amplitude(void **state)
{
    (void)state;
    double gain = 0.0;
    gboolean decibels = FALSE;
    const double width = gtk_widget_get_width(lanes.waveform);
    lanes_move(&lanes, lanes.waveform, 300, 30);
    lanes_xdo("click 4 click 4 click 4");
    g_object_get(lanes.waveform, "gain", &gain, NULL);
    assert_near(gain, pow(1.25, 3.0), 1e-9);
    assert_near(seen_s(), 4.0, 1e-6);
    keep_shot("gain");
    lanes_move(&lanes, lanes.waveform, width - 10, 30);
    lanes_xdo("click --repeat 2 --delay 60 1 click 3");
    g_object_get(lanes.waveform, "gain", &gain, "decibels", &decibels, NULL);
    assert_near(gain, 1.0, 0.0);
    assert_true(decibels);
    lanes_settle(&lanes);
    keep_shot("decibels");
    g_object_set(lanes.waveform, "decibels", FALSE, NULL);
    lanes_xdo("keydown ctrl click 4 keyup ctrl"); /* time, about the pointer: the right end */
    assert_true(seen_s() < 3.5);
    fit();
}

static void rulers_pan_and_zoom(void **state)
{
    (void)state;
    SonoViewState *view = lanes_view(&lanes);
    show(1.0, 3.0);
    const double px_per_s = 1.0 / view->s_per_px;
    lanes_move(&lanes, lanes.waveform, 600, 30); /* the middle button pans there, too, and selects nothing */
    lanes_xdo("mousedown 2");
    lanes_move(&lanes, lanes.waveform, 600 + 0.25 * px_per_s, 30);
    lanes_move(&lanes, lanes.waveform, 600 + 0.5 * px_per_s, 30);
    lanes_xdo("mouseup 2");
    assert_near(view->t0_s, 0.5, 0.02);
    assert_true(sono_selection_is_empty(sono_scene_selection(sono_canvas_scene(lanes.canvas))));
    show(1.0, 3.0);
    drag(lanes.time_ruler, 600, 10, 600 - 0.5 * px_per_s, 10);
    assert_near(view->t0_s, 1.5, 0.02);
    lanes_move(&lanes, lanes.time_ruler, 400, 10);
    const double under_s = view->t0_s + 400 * view->s_per_px;
    lanes_xdo("click 4 click 4");
    assert_near(seen_s(), 2.0 / (1.25 * 1.25), 0.01);
    assert_near(view->t0_s + 400 * view->s_per_px, under_s, 0.01);
    const double top_hz = view->axis.f1_hz;
    lanes_move(&lanes, lanes.freq_ruler, 20, 300);
    lanes_xdo("click 4 click 4 click 4");
    assert_true(view->axis.f1_hz < top_hz || view->axis.f0_hz > 0.0);
    const double bottom_hz = view->axis.f0_hz;
    drag(lanes.freq_ruler, 20, 300, 20, 330);
    assert_true(view->axis.f0_hz > bottom_hz);
    fit();
}

static void the_colour_bar_sets_levels(void **state)
{
    (void)state;
    SonoViewState *view = lanes_view(&lanes);
    const double floor_db = view->floor_db;
    const double ceiling_db = view->ceiling_db;
    /* as the bar draws it: 9 px above and below, from 10 (or more) to -140 dB (or less) */
    const double height = gtk_widget_get_height(lanes.colour_bar) - 18.0;
    const double low_db = fmin(-140.0, 20.0 * floor((floor_db - 20.0) / 20.0));
    const double high_db = fmax(10.0, 10.0 * ceil((ceiling_db + 10.0) / 10.0));
    const double px_per_db = height / (high_db - low_db);
    const double ceiling_y = 9.0 + (high_db - ceiling_db) * px_per_db;
    const double floor_y = 9.0 + (high_db - floor_db) * px_per_db;
    drag(lanes.colour_bar, 14, ceiling_y, 14, ceiling_y + 20.0 * px_per_db);
    assert_near(view->ceiling_db, ceiling_db - 20.0, 1.0);
    assert_near(view->floor_db, floor_db, 0.0);
    drag(lanes.colour_bar, 14, floor_y, 14, floor_y - 10.0 * px_per_db);
    assert_near(view->floor_db, floor_db + 10.0, 1.0);
    lanes_settle(&lanes);
    keep_shot("levels");
    const double span_db = view->ceiling_db - view->floor_db;
    drag(lanes.colour_bar, 14, 0.5 * (ceiling_y + floor_y), 14, 0.5 * (ceiling_y + floor_y) + 5.0 * px_per_db);
    assert_near(view->ceiling_db - view->floor_db, span_db, 0.0);
    assert_near(view->floor_db, floor_db + 5.0, 1.5);
    lanes_xdo("click 4 keydown ctrl click 4 keyup ctrl");
    assert_near(view->ceiling_db - view->floor_db, span_db - 2.0, 0.0);
    lanes_xdo("click --repeat 2 --delay 60 1");
    assert_near(view->floor_db, floor_db, 0.0);
    assert_near(view->ceiling_db, ceiling_db, 0.0);

    gtk_widget_grab_focus(lanes.colour_bar);
    lanes_xdo("key Up key Up key ctrl+Down key shift+Page_Down");
    assert_near(view->ceiling_db, ceiling_db + 2.0 - 10.0, 0.0);
    assert_near(view->floor_db, floor_db + 2.0 - 1.0, 0.0);
    for (int i = 0; i < 30; i++) { /* to the limits, and not beyond */
        lanes_xdo("key shift+Page_Down");
    }
    assert_near(view->ceiling_db - view->floor_db, 5.0, 0.0);
    lanes_xdo("key Home");
    assert_near(view->floor_db, floor_db, 0.0);
}

/* Pixels of a row, between two columns, that are not of this colour. */
static int count_others(GdkTexture *texture, int x0, int x1, int y, guint32 colour)
{
    const gsize width = (gsize)gdk_texture_get_width(texture);
    g_autofree guint32 *pixels = g_new(guint32, width * (gsize)gdk_texture_get_height(texture));
    int n = 0;
    gdk_texture_download(texture, (guchar *)pixels, 4 * width);
    for (int x = x0; x < x1; x++) {
        n += pixels[(gsize)y * width + (gsize)x] != colour;
    }
    return n;
}

static guint32 colour_of(const char *name)
{
    GdkRGBA rgba = {0};
    assert_true(gtk_style_context_lookup_color(gtk_widget_get_style_context(lanes.waveform), name, &rgba));
    return 0xff000000u | (guint32)lroundf(255.0f * rgba.red) << 16 | (guint32)lroundf(255.0f * rgba.green) << 8 |
           (guint32)lroundf(255.0f * rgba.blue);
}

/* The wave is where the samples are: the left channel is loud all over, the right one silent before a pulse; what is
 * beyond full scale is marked at the edge. */
static void the_waveform_is_the_sound(void **state)
{
    (void)state;
    const int height = gtk_widget_get_height(lanes.waveform);
    const guint32 back = colour_of("sono_lane_bg");
    show(0.3, 0.45);
    g_autoptr(GdkTexture) picture = lanes_picture(lanes.waveform, NULL);
    assert_true(count_others(picture, 100, 1000, height / 4 - 10, back) > 20);
    assert_int_equal(count_others(picture, 100, 1000, height - 8, back), 0);
    show(0.0, 4.0);
    g_autoptr(GdkTexture) clipped = lanes_picture(lanes.waveform, NULL);
    const double s_per_px = lanes_view(&lanes)->s_per_px;
    assert_int_equal(count_others(clipped, (int)(2.55 / s_per_px), (int)(2.65 / s_per_px), 0, colour_of("sono_clip")),
                     0);
    assert_int_equal(count_others(clipped, (int)(1.4 / s_per_px), (int)(1.7 / s_per_px), 0, back), 0);
}

/* Deep zoom: a line and dots; deeper than that nothing breaks. */
static void samples_are_drawn(void **state)
{
    (void)state;
    show(2.0, 2.005);
    keep_shot("samples");
    for (double span_s = 0.002; span_s > 1e-6; span_s *= 0.4) {
        show(2.0, 2.0 + span_s);
        g_autoptr(GdkTexture) picture = lanes_picture(lanes.waveform, NULL);
        assert_non_null(picture);
    }
    fit();
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What all five cost per frame while the view moves: drawing commands, and, each alone, the renderer. */
static void measure(const char *what, void (*move)(SonoViewState *view, int frame))
{
    GtkWidget *const widgets[] = {lanes.overview, lanes.waveform, lanes.time_ruler, lanes.freq_ruler, lanes.colour_bar};
    enum { N = 60 };
    double snapshot_ms[N];
    double render_ms[N] = {0.0};
    for (int i = 0; i < N; i++) {
        move(lanes_view(&lanes), i);
        const double start_s = sono_now_s();
        for (gsize k = 0; k < G_N_ELEMENTS(widgets); k++) {
            g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new();
            GTK_WIDGET_GET_CLASS(widgets[k])->snapshot(widgets[k], snapshot);
        }
        snapshot_ms[i] = 1e3 * (sono_now_s() - start_s);
        for (gsize k = 0; k < G_N_ELEMENTS(widgets); k++) {
            double ms = 0.0;
            g_autoptr(GdkTexture) texture = lanes_picture(widgets[k], &ms);
            render_ms[i] += ms;
        }
    }
    qsort(snapshot_ms, N, sizeof *snapshot_ms, compare_doubles);
    qsort(render_ms, N, sizeof *render_ms, compare_doubles);
    print_message("%s: drawing commands %.2f ms at the median, %.2f at most; rendering %.2f ms at the median\n", what,
                  snapshot_ms[N / 2], snapshot_ms[N - 1], render_ms[N / 2]);
    assert_true(snapshot_ms[N / 2] < 20.0); /* a tenth of that where nothing else runs */
}

static void pan(SonoViewState *view, int frame)
{
    sono_view_state_pan(view, -4.0, 0.0);
}

static void zoom(SonoViewState *view, int frame)
{
    sono_view_state_zoom_time(view, 400.0, frame % 40 < 20 ? 1.1 : 1.0 / 1.1);
}

static void moving_is_cheap(void **state)
{
    (void)state;
    show(0.5, 2.0);
    measure("pan", pan);
    show(0.5, 2.0);
    measure("zoom", zoom);
    fit();
}

static void everything_has_a_name(void **state)
{
    (void)state;
    GtkWidget *const widgets[] = {lanes.overview, lanes.waveform, lanes.time_ruler, lanes.freq_ruler, lanes.colour_bar};
    for (gsize k = 0; k < G_N_ELEMENTS(widgets); k++) {
        assert_true(gtk_test_accessible_has_property(GTK_ACCESSIBLE(widgets[k]), GTK_ACCESSIBLE_PROPERTY_LABEL));
    }
    assert_int_equal(gtk_accessible_get_accessible_role(GTK_ACCESSIBLE(lanes.colour_bar)), GTK_ACCESSIBLE_ROLE_SLIDER);
    assert_true(gtk_test_accessible_has_property(GTK_ACCESSIBLE(lanes.colour_bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT));
    assert_true(gtk_test_accessible_has_property(GTK_ACCESSIBLE(lanes.overview), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW));
}

/* Pictures of the main states, for looking at; the widgets outlive the canvas and a sound that is taken away. */
static void pictures_and_an_end(void **state)
{
    (void)state;
    const char *sound = g_getenv("SONO_SOUND");
    GtkSettings *settings = gtk_settings_get_default();
    if (sound) {
        lanes_close(&lanes);
        lanes_open(&lanes, sound, 1280, 720);
    }
    g_object_set(settings, "gtk-application-prefer-dark-theme", TRUE, NULL);
    lanes_move(&lanes, GTK_WIDGET(lanes.canvas), 500, 120);
    lanes_settle(&lanes);
    keep_shot("dark");
    sono_freq_ruler_set_format(SONO_FREQ_RULER(lanes.freq_ruler), SONO_FREQ_NOTES);
    sono_time_ruler_set_format(SONO_TIME_RULER(lanes.time_ruler), SONO_TIME_SAMPLES);
    sono_view_state_set_only_channel(lanes_view(&lanes), 0);
    sono_view_state_set_scale(lanes_view(&lanes), SONO_SCALE_LOG);
    show(0.2 * lanes_view(&lanes)->end_s, 0.5 * lanes_view(&lanes)->end_s);
    keep_shot("notes");
    g_object_set(settings, "gtk-application-prefer-dark-theme", FALSE, NULL);
    lanes_settle(&lanes);
    keep_shot("light");
    sono_waveform_set_sound(SONO_WAVEFORM(lanes.waveform), NULL, 0.0);
    sono_overview_set_sound(SONO_OVERVIEW(lanes.overview), NULL, 0.0);
    lanes_settle(&lanes);
    gtk_grid_remove(GTK_GRID(lanes.grid), GTK_WIDGET(lanes.canvas));
    (void)lanes_wait(NULL, NULL, 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_overview_moves_the_view),
        cmocka_unit_test(the_overview_has_keys),
        cmocka_unit_test(the_waveform_selects_time),
        cmocka_unit_test(the_waveform_zooms_amplitude),
        cmocka_unit_test(rulers_pan_and_zoom),
        cmocka_unit_test(the_colour_bar_sets_levels),
        cmocka_unit_test(the_waveform_is_the_sound),
        cmocka_unit_test(samples_are_drawn),
        cmocka_unit_test(moving_is_cheap),
        cmocka_unit_test(everything_has_a_name),
        cmocka_unit_test(pictures_and_an_end),
    };
    gtk_init();
    return cmocka_run_group_tests(tests, open_all, close_all);
}
