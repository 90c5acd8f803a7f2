/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage's parts lie where their time and frequency do; the edge below the waveform can be moved. */
#include "ui_fixture.h"

#include "sono_software_gl.h"
#include "sono_stage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static gboolean spared; /* GTK of software OpenGL */

static GtkWidget *make_stage(UiFixture *f)
{
    GtkWidget *stage = sono_stage_new(f->engine);
    f->canvas = sono_stage_canvas(SONO_STAGE(stage));
    return stage;
}

static int set_up(void **state)
{
    static UiFixture f;
    ui_open(&f, make_stage);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    ui_close(*state);
    return 0;
}

static GtkWidget *stage_of(UiFixture *f)
{
    return gtk_window_get_child(f->window);
}

/* The part of a kind, and where it is in the stage. */
static GtkWidget *find(UiFixture *f, const char *type, graphene_rect_t *at)
{
    *at = GRAPHENE_RECT_INIT(0.0F, 0.0F, 0.0F, 0.0F);
    for (GtkWidget *child = gtk_widget_get_first_child(stage_of(f)); child;
         child = gtk_widget_get_next_sibling(child)) {
        if (strcmp(G_OBJECT_TYPE_NAME(child), type) == 0) {
            assert_true(gtk_widget_compute_bounds(child, stage_of(f), at));
            return child;
        }
    }
    fail_msg("no %s", type);
    return NULL;
}

static void test_aligned(void **state)
{
    UiFixture *f = *state;
    graphene_rect_t canvas;
    (void)find(f, "SonoCanvas", &canvas);
    static const char *const same_time[] = {"SonoWaveform", "SonoTimeRuler", "SonoOverview"};
    for (gsize i = 0; i < G_N_ELEMENTS(same_time); i++) {
        graphene_rect_t at;
        (void)find(f, same_time[i], &at);
        assert_true(at.origin.x == canvas.origin.x && at.size.width == canvas.size.width);
        assert_true(at.origin.y + at.size.height <= canvas.origin.y);
    }
    static const char *const same_height[] = {"SonoFreqRuler", "SonoColourBar"};
    for (gsize i = 0; i < G_N_ELEMENTS(same_height); i++) {
        graphene_rect_t at;
        (void)find(f, same_height[i], &at);
        assert_true(at.origin.y == canvas.origin.y && at.size.height == canvas.size.height);
    }
    assert_true(canvas.size.width > 700.0F && canvas.size.height > 300.0F);
}

static void test_parts_can_be_hidden(void **state)
{
    UiFixture *f = *state;
    graphene_rect_t before;
    graphene_rect_t after;
    graphene_rect_t part;
    (void)find(f, "SonoCanvas", &before);
    g_object_set(stage_of(f), "show-overview", FALSE, "show-waveform", FALSE, NULL);
    ui_run_ms(100);
    (void)find(f, "SonoCanvas", &after);
    assert_false(gtk_widget_get_visible(find(f, "SonoWaveform", &part)));
    assert_false(gtk_widget_get_visible(find(f, "SonoOverview", &part)));
    (void)find(f, "SonoTimeRuler", &part);
    assert_true(part.origin.y == 0.0F);
    assert_true(after.origin.y < before.origin.y - 80.0F);
    assert_true(after.origin.y + after.size.height == before.origin.y + before.size.height);
    g_object_set(stage_of(f), "show-overview", TRUE, "show-waveform", TRUE, NULL);
    ui_run_ms(100);
    (void)find(f, "SonoCanvas", &after);
    assert_true(graphene_rect_equal(&before, &after));
}

static int waveform_height(UiFixture *f)
{
    int height = 0;
    graphene_rect_t at;
    g_object_get(stage_of(f), "waveform-height", &height, NULL);
    (void)find(f, "SonoWaveform", &at);
    assert_true(fabsf(at.size.height - (float)height) < 0.5F);
    return height;
}

static void test_split(void **state)
{
    UiFixture *f = *state;
    graphene_rect_t at;
    const int first = waveform_height(f);
    (void)find(f, "SonoWaveform", &at);
    const double edge = (double)(at.origin.y + at.size.height);
    ui_mouse_to(f, stage_of(f), 400, edge);
    ui_xdotool("mousedown 1");
    for (int i = 1; i <= 5; i++) {
        ui_mouse_to(f, stage_of(f), 400, edge + 10 * i);
    }
    ui_xdotool("mouseup 1");
    ui_run_ms(100);
    assert_in_range(waveform_height(f), first + 47, first + 53);
    assert_int_equal(f->n_edits, 0);
    assert_true(sono_selection_is_empty(sono_scene_selection(sono_canvas_scene(f->canvas))));
    g_object_set(stage_of(f), "waveform-height", 32, NULL);
    ui_run_ms(50);
    assert_int_equal(waveform_height(f), 32);
    /* by keyboard: the split is after the colour bar */
    GtkWidget *split = gtk_widget_get_last_child(stage_of(f));
    assert_true(gtk_widget_grab_focus(split));
    ui_xdotool("key Down Down Up");
    ui_run_ms(100);
    assert_int_equal(waveform_height(f), 40);
}

static void test_small_windows(void **state)
{
    UiFixture *f = *state;
    graphene_rect_t canvas;
    g_object_set(stage_of(f), "waveform-height", 4000, NULL);
    ui_run_ms(100);
    (void)find(f, "SonoCanvas", &canvas);
    assert_true(canvas.size.height >= 160.0F);
    assert_true(canvas.origin.y + canvas.size.height <= (float)gtk_widget_get_height(stage_of(f)));
}

typedef struct Ride {
    UiFixture *f;
    int n;
} Ride;

/* Every frame goes on: zoom in and out while panning, as a hand on wheel and mouse would. */
static gboolean on_frame(GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
    Ride *ride = data;
    SonoViewState *v = sono_scene_view(sono_canvas_scene(ride->f->canvas));
    sono_view_state_zoom_time(v, 300.0, ride->n % 60 < 30 ? 1.06 : 1.0 / 1.06);
    sono_view_state_pan(v, ride->n % 20 < 10 ? -12.0 : 12.0, 0.0);
    sono_canvas_refresh(ride->f->canvas);
    return ++ride->n < 120;
}

static void test_moving(void **state)
{
    UiFixture *f = *state;
    Ride ride = {.f = f};
    gtk_window_set_default_size(f->window, 1280, 720);
    ui_run_ms(300);
    ui_wait(f, ui_is_settled, "a picture");
    (void)sono_canvas_take_frame_times(f->canvas);
    gtk_widget_add_tick_callback(GTK_WIDGET(f->canvas), on_frame, &ride, NULL);
    while (ride.n < 120) {
        (void)g_main_context_iteration(NULL, TRUE);
    }
    ui_wait(f, ui_is_settled, "a sharp picture");
    const SonoFrameTimes times = sono_canvas_take_frame_times(f->canvas);
    print_message("%d x %d: %u frames, median %.1f ms, at most %.1f, drawing %.1f\n", gtk_widget_get_width(stage_of(f)),
                  gtk_widget_get_height(stage_of(f)), times.n_frames, times.median_ms, times.worst_ms,
                  times.draw_median_ms);
    assert_true(times.n_frames >= 100);
}

#define PLAY_FRAMES 120

typedef struct Playing {
    UiFixture *f;
    SonoMeterReading heard;
    double began_ms, cpu_ms[PLAY_FRAMES];
    int n;
} Playing;

static double thread_cpu_ms(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static void on_before_paint(GdkFrameClock *clock, Playing *p)
{
    p->began_ms = thread_cpu_ms();
}

static void on_after_paint(GdkFrameClock *clock, Playing *p)
{
    if (p->n < PLAY_FRAMES && p->began_ms > 0.0) {
        p->cpu_ms[p->n++] = thread_cpu_ms() - p->began_ms;
    }
}

/* As the window does while it plays: the playhead goes on, the meters dance. */
static gboolean on_play(GtkWidget *stage, GdkFrameClock *clock, gpointer data)
{
    Playing *p = data;
    for (int c = 0; c < p->heard.n_channels; c++) {
        p->heard.peak_db[c] = (float)(-12.0 + 6.0 * sin(0.3 * p->n + c));
        p->heard.rms_db[c] = p->heard.peak_db[c] - 9.0F;
    }
    sono_stage_set_play(SONO_STAGE(stage), 0.1, 0.1 + 1e-3 * p->n);
    (void)sono_meter_bars_set(sono_stage_meters(SONO_STAGE(stage)), &p->heard, TRUE);
    return p->n < PLAY_FRAMES;
}

static int by_size(const void *a, const void *b)
{
    const double d = *(const double *)a - *(const double *)b;
    return d < 0.0 ? -1 : d > 0.0;
}

/* A line that moves draws itself, not the picture below it. */
static void test_playhead(void **state)
{
    UiFixture *f = *state;
    Playing p = {.f = f, .heard = {.n_channels = 2, .hold_db = {-6.0F, -6.0F}}};
    gtk_window_set_default_size(f->window, 1280, 720);
    ui_run_ms(300);
    ui_wait(f, ui_is_settled, "a picture");
    ui_run_ms(200);
    (void)sono_canvas_take_frame_times(f->canvas);
    GdkFrameClock *clock = gtk_widget_get_frame_clock(stage_of(f));
    g_signal_connect(clock, "before-paint", G_CALLBACK(on_before_paint), &p);
    g_signal_connect(clock, "after-paint", G_CALLBACK(on_after_paint), &p);
    gtk_widget_add_tick_callback(stage_of(f), on_play, &p, NULL);
    while (p.n < PLAY_FRAMES) {
        (void)g_main_context_iteration(NULL, TRUE);
    }
    g_signal_handlers_disconnect_by_data(clock, &p);
    qsort(p.cpu_ms, PLAY_FRAMES, sizeof p.cpu_ms[0], by_size);
    print_message("a frame with playhead and meters: median %.2f ms of the processor, at most %.2f\n",
                  p.cpu_ms[PLAY_FRAMES / 2], p.cpu_ms[PLAY_FRAMES - 1]);
    assert_int_equal(sono_canvas_take_frame_times(f->canvas).n_frames, 0);
    assert_true(p.cpu_ms[PLAY_FRAMES / 2] < 4.0); /* 2 on a quiet machine; the whole picture anew takes over 10 */
}

/* On a software rasteriser GTK draws with cairo, and the canvas still with OpenGL. */
static void test_software_gl(void **state)
{
    UiFixture *f = *state;
    GskRenderer *renderer = gtk_native_get_renderer(GTK_NATIVE(f->window));
    GskRenderNode *node = NULL;
    assert_false(sono_canvas_has_no_gl(f->canvas));
    assert_true(GSK_IS_CAIRO_RENDERER(renderer) == spared);
    g_autoptr(GdkPaintable) picture = gtk_widget_paintable_new(GTK_WIDGET(f->canvas));
    GtkSnapshot *snapshot = gtk_snapshot_new();
    const int width = gtk_widget_get_width(GTK_WIDGET(f->canvas));
    const int height = gtk_widget_get_height(GTK_WIDGET(f->canvas));
    gdk_paintable_snapshot(picture, snapshot, width, height);
    node = gtk_snapshot_free_to_node(snapshot);
    g_autoptr(GdkTexture) texture = gsk_renderer_render_texture(renderer, node, NULL);
    gsk_render_node_unref(node);
    const gsize n = (gsize)width * (gsize)height;
    g_autofree guint32 *pixels = g_new0(guint32, n);
    gdk_texture_download(texture, (guchar *)pixels, 4 * (gsize)width);
    gsize n_bright = 0;
    for (gsize i = 0; i < n; i++) {
        n_bright += (pixels[i] >> 16 & 0xff) > 0x40;
    }
    assert_in_range(n_bright, n / 4, n); /* noise everywhere, and a tone */
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {CASE(test_aligned),    CASE(test_parts_can_be_hidden),
                                       CASE(test_split),      CASE(test_small_windows),
                                       CASE(test_moving),     CASE(test_playhead),
                                       CASE(test_software_gl)};
    gtk_init();
    spared = sono_software_gl_spare(gdk_display_get_default());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
