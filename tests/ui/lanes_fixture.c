/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lanes_fixture.h"

#include "sono_test.h"

#include <math.h>

#include "sono_clock.h"
#include "sono_codec.h"

#define RATE 44100
#define N_FRAMES (4 * RATE)

static SonoClip *make_sound(SonoPcmStore *store)
{
    SonoError err = {0};
    SonoClip *clip = NULL;
    SonoClipBuilder *builder = NULL;
    float *left = g_new(float, N_FRAMES);
    float *right = g_new(float, N_FRAMES);
    uint64_t seed = 1;
    double phase = 0.0;
    for (int i = 0; i < N_FRAMES; i++) {
        const double t_s = (double)i / RATE;
        phase += 2.0 * G_PI * 110.0 * exp2(t_s) / RATE;
        left[i] = (float)(0.5 * sin(phase) * (1.2 + sin(3.0 * t_s)));
        right[i] = 0.7f * sono_test_noise(&seed) * (float)exp(-12.0 * fmod(t_s, 0.5));
    }
    assert_ok(sono_clip_builder_new(store, RATE, 2, &builder, &err), err);
    assert_ok(sono_clip_builder_append(builder, (const float *const[]){left, right}, N_FRAMES, &err), err);
    assert_ok(sono_clip_builder_finish(builder, &clip, &err), err);
    g_free(left);
    g_free(right);
    return clip;
}

static void show_sound(Lanes *lanes)
{
    SonoError err = {0};
    SonoPlan *plan = NULL;
    const double rate_hz = sono_clip_rate_hz(lanes->clip);
    const int64_t n_frames = sono_clip_n_frames(lanes->clip);
    const double end_s = (double)n_frames / rate_hz;
    assert_ok(sono_display_plan(lanes->engine, NULL, NULL, rate_hz, 0, &plan, &err), err);
    assert_ok(sono_scene_set_sound(sono_canvas_scene(lanes->canvas), plan, lanes->clip,
                                   sono_clip_n_channels(lanes->clip), end_s, 0, (SonoSpan){0, n_frames}, &err),
              err);
    sono_plan_unref(plan);
    sono_waveform_set_sound(SONO_WAVEFORM(lanes->waveform), lanes->clip, end_s);
    sono_overview_set_sound(SONO_OVERVIEW(lanes->overview), lanes->clip, end_s);
    sono_canvas_refresh(lanes->canvas);
}

static void lay_out(Lanes *lanes)
{
    GtkGrid *grid = GTK_GRID(lanes->grid);
    gtk_grid_attach(grid, lanes->overview, 0, 0, 3, 1);
    gtk_grid_attach(grid, lanes->waveform, 1, 1, 1, 1);
    gtk_grid_attach(grid, lanes->time_ruler, 1, 2, 1, 1);
    gtk_grid_attach(grid, lanes->freq_ruler, 0, 3, 1, 1);
    gtk_grid_attach(grid, GTK_WIDGET(lanes->canvas), 1, 3, 1, 1);
    gtk_grid_attach(grid, lanes->colour_bar, 2, 3, 1, 1);
    gtk_widget_set_hexpand(GTK_WIDGET(lanes->canvas), TRUE);
    gtk_widget_set_vexpand(GTK_WIDGET(lanes->canvas), TRUE);
}

void lanes_open(Lanes *lanes, const char *sound, int width_px, int height_px)
{
    SonoError err = {0};
    *lanes = (Lanes){0};
    assert_ok(sono_engine_new(NULL, 2, &lanes->engine, &err), err);
    assert_ok(sono_pcm_store_new(0, NULL, &lanes->store, &err), err);
    if (sound) {
        assert_ok(sono_clip_load(sound, NULL, lanes->store, &lanes->clip, NULL, &err), err);
    } else {
        lanes->clip = make_sound(lanes->store);
    }
    lanes->canvas = SONO_CANVAS(sono_canvas_new(lanes->engine));
    lanes->overview = sono_overview_new(lanes->canvas, lanes->engine);
    lanes->waveform = sono_waveform_new(lanes->canvas, lanes->engine);
    lanes->time_ruler = sono_time_ruler_new(lanes->canvas);
    lanes->freq_ruler = sono_freq_ruler_new(lanes->canvas);
    lanes->colour_bar = sono_colour_bar_new(lanes->canvas);
    lanes->grid = gtk_grid_new();
    lanes->window = gtk_window_new();
    lay_out(lanes);
    gtk_window_set_title(GTK_WINDOW(lanes->window), "lanes");
    gtk_window_set_default_size(GTK_WINDOW(lanes->window), width_px, height_px);
    gtk_window_set_child(GTK_WINDOW(lanes->window), lanes->grid);
    show_sound(lanes);
    gtk_window_present(GTK_WINDOW(lanes->window));
    lanes_settle(lanes);
}

void lanes_close(Lanes *lanes)
{
    gtk_window_destroy(GTK_WINDOW(lanes->window));
    while (g_main_context_iteration(NULL, FALSE)) {
    }
    sono_engine_free(lanes->engine);
    sono_clip_unref(lanes->clip);
    sono_pcm_store_unref(lanes->store);
}

SonoViewState *lanes_view(Lanes *lanes)
{
    return sono_scene_view(sono_canvas_scene(lanes->canvas));
}

static gboolean on_tick(gpointer data)
{
    return G_SOURCE_CONTINUE;
}

gboolean lanes_wait(gboolean (*done)(gpointer ctx), gpointer ctx, double timeout_s)
{
    const gint64 until = g_get_monotonic_time() + (gint64)(1e6 * timeout_s);
    const guint tick = g_timeout_add(10, on_tick, NULL);
    gboolean is_done = done && done(ctx);
    while (!is_done && g_get_monotonic_time() < until) {
        g_main_context_iteration(NULL, TRUE);
        is_done = done && done(ctx);
    }
    g_source_remove(tick);
    return is_done;
}

static gboolean is_settled(gpointer ctx)
{
    Lanes *lanes = ctx;
    gboolean settled = FALSE;
    g_object_get(lanes->canvas, "settled", &settled, NULL);
    return settled;
}

void lanes_settle(Lanes *lanes)
{
    (void)lanes_wait(is_settled, lanes, 20.0);
    (void)lanes_wait(NULL, NULL, 0.25);
}

static gboolean has_ended(gpointer ctx)
{
    return *(gboolean *)ctx;
}

static void on_exit_of(GPid pid, int status, gpointer data)
{
    *(gboolean *)data = TRUE;
    g_spawn_close_pid(pid);
}

static void spawn(const char *line)
{
    g_auto(GStrv) argv = g_strsplit(line, " ", -1);
    g_autoptr(GError) error = NULL;
    gboolean ended = FALSE;
    GPid pid = 0;
    if (!g_spawn_async(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error)) {
        fail_msg("%s: %s", line, error->message);
    }
    g_child_watch_add(pid, on_exit_of, &ended);
    assert_true(lanes_wait(has_ended, &ended, 20.0));
    (void)lanes_wait(NULL, NULL, 0.05);
}

void lanes_xdo(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *commands = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *line = g_strconcat("xdotool ", commands, NULL);
    spawn(line);
}

void lanes_move(Lanes *lanes, GtkWidget *widget, double x, double y)
{
    double wx = 0.0;
    double wy = 0.0;
    double sx = 0.0;
    double sy = 0.0;
    const int scale = gtk_widget_get_scale_factor(widget);
    g_autofree char *id = NULL;
    gtk_widget_translate_coordinates(widget, GTK_WIDGET(gtk_widget_get_native(widget)), x, y, &wx, &wy);
    gtk_native_get_surface_transform(gtk_widget_get_native(widget), &sx, &sy);
    g_autofree char *line = g_strdup_printf("xdotool search --onlyvisible --name ^lanes$ mousemove --window %%1 %d %d",
                                            (int)lround((wx + sx) * scale), (int)lround((wy + sy) * scale));
    spawn(line);
}

GdkTexture *lanes_picture(GtkWidget *widget, double *ms)
{
    g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new(widget);
    g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new();
    gdk_paintable_snapshot(paintable, snapshot, gtk_widget_get_width(widget), gtk_widget_get_height(widget));
    g_autoptr(GskRenderNode) node = gtk_snapshot_to_node(snapshot);
    const double start_s = sono_now_s();
    GdkTexture *texture =
        gsk_renderer_render_texture(gtk_native_get_renderer(gtk_widget_get_native(widget)), node, NULL);
    if (ms) {
        *ms = 1e3 * (sono_now_s() - start_s);
    }
    return texture;
}
