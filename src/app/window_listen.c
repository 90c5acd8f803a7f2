/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window listens: what the editor and the selection are goes to the listener, what is heard comes back to playhead,
 * meters and transport with every frame. */
#include "window.h"

#include <glib/gi18n.h>
#include <math.h>

#define POLL_MS 100      /* also while no frames are drawn */
#define MOST_LEAD_S 0.05 /* a frame is seen so long after it is begun, at most */

static const char *const phase_names[] = {[SONO_OUTPUT_CLOSED] = "closed",
                                          [SONO_OUTPUT_OPENING] = "opening",
                                          [SONO_OUTPUT_RUNNING] = "running",
                                          [SONO_OUTPUT_LOST] = "lost"};

static gboolean is_ours(SonoWindow *w)
{
    return sono_speaker_is_owner(w->speaker, w);
}

/* ---- what is heard ---- */

/* With what is being read of the settings: nothing else has a say in the listener's options. */
void window_listen_follow_settings(SonoWindow *w)
{
    SonoListenOptions o = {0};
    gboolean loop = FALSE;
    gboolean back = FALSE;
    gboolean audition = FALSE;
    g_autofree char *follow = NULL;
    g_object_get(w->settings, "pre-roll", &o.pre_roll_s, "post-roll", &o.post_roll_s, "loop", &loop, "return-to-start",
                 &back, "auto-audition", &audition, "follow", &follow, NULL);
    o.loop = loop;
    o.return_to_start = back;
    o.auto_audition = audition;
    sono_listener_set_options(w->listening.listener, &o);
    for (int i = 0; sono_follow_names[i]; i++) {
        if (g_strcmp0(sono_follow_names[i], follow) == 0 && w->listening.follow.mode != (SonoFollowMode)i) {
            w->listening.follow.mode = (SonoFollowMode)i;
            sono_follow_resume(&w->listening.follow);
        }
    }
}

/* The selection as an edit would take it, when it is not what the listener knows; a drag is waited for. */
static void send_selection(SonoWindow *w)
{
    SonoError err = {0};
    SonoMask mask = {0};
    WindowListening *l = &w->listening;
    SonoScene *scene = window_scene(w);
    const SonoSelection *s = sono_scene_selection(scene);
    const SonoToolOptions *o = sono_scene_options(scene);
    const SonoViewState *v = sono_scene_view(scene);
    if (sono_scene_is_dragging(scene) || (l->knows_selection && l->selection_revision == s->revision &&
                                          l->feather_ms == o->feather_ms && l->feather_hz == o->feather_hz)) {
        return;
    }
    l->knows_selection = TRUE;
    l->selection_revision = s->revision;
    l->feather_ms = o->feather_ms;
    l->feather_hz = o->feather_hz;
    if ((!sono_selection_is_empty(s) &&
         sono_selection_mask(s, o->feather_ms, o->feather_hz, v->end_s, v->nyquist_hz, &mask, &err) != SONO_OK) ||
        sono_listener_set_selection(l->listener, &mask, s->channel, &err) != SONO_OK) {
        sono_window_tell(w, err.message, TRUE);
    }
    sono_mask_clear(&mask);
}

SonoPlayMix window_listen_mix(const SonoWindow *w)
{
    const WindowListening *l = &w->listening;
    SonoPlayMix mix = {.mode = l->mode};
    gboolean any_solo = FALSE;
    for (gsize i = 0; i < sizeof l->solo; i++) {
        any_solo = any_solo || l->solo[i] != 0;
    }
    for (gsize i = 0; i < sizeof mix.muted; i++) {
        mix.muted[i] = (guint8)(l->muted[i] | (any_solo ? ~l->solo[i] : 0));
    }
    return mix;
}

void window_listen_take(SonoWindow *w)
{
    const SonoPlayMix mix = window_listen_mix(w);
    sono_speaker_take(w->speaker, w, &mix);
    send_selection(w);
    sono_follow_resume(&w->listening.follow);
}

/* Where the newest edit reached, after the history has moved: where its mask does. */
static SonoSpan span_of_newest(SonoWindow *w, const SonoDocument *doc)
{
    const size_t n = sono_document_n_applied(doc);
    const SonoEdit *edit = n > 0 ? sono_document_edit(doc, n - 1) : NULL;
    SonoSpan whole = {0, sono_clip_n_frames(sono_document_clip(doc))};
    if (!edit) {
        return (SonoSpan){0};
    }
    const double rate_hz = sono_clip_rate_hz(sono_document_clip(doc));
    const SonoRegion r = sono_mask_bounds(&edit->mask);
    const double from = fmax(floor(r.t0_s * rate_hz), 0.0);
    const double to = fmin(ceil(r.t1_s * rate_hz), (double)whole.n_frames);
    return to > from ? sono_span_intersect((SonoSpan){(int64_t)from, (int64_t)(to - from)}, whole) : whole;
}

void window_listen_hear(SonoWindow *w, const SonoEditorNews *news)
{
    WindowListening *l = &w->listening;
    const SonoDocument *doc = window_document(w);
    if (!doc || (news->kind != SONO_NEWS_SOUND && news->kind != SONO_NEWS_CHANGED && news->kind != SONO_NEWS_READY)) {
        return;
    }
    const size_t n = sono_document_n_applied(doc);
    const guint64 revision = sono_clip_revision(sono_document_clip(doc));
    if (revision == l->revision) {
        return; /* only the history's list, or what is saved */
    }
    const gboolean made = l->revision != 0 && news->kind == SONO_NEWS_SOUND && n > l->n_applied;
    if (made && sono_listener_options(l->listener).auto_audition && !is_ours(w)) {
        window_listen_take(w); /* it begins by itself */
    }
    sono_listener_set_sound(l->listener, sono_document_clip(doc), n > 0 ? sono_document_clip_at(doc, n - 1) : NULL,
                            made ? news->dirty : span_of_newest(w, doc));
    l->revision = revision;
    l->n_applied = n;
    window_listen_poll(w);
}

/* ---- what is shown ---- */

static gboolean is_active(const SonoWindow *w)
{
    const SonoListenState *s = &w->listening.state;
    return s->playing || s->preparing || s->player.phase != SONO_PLAY_STOPPED;
}

static void show_words(SonoWindow *w)
{
    const SonoListenState *s = &w->listening.state;
    const char *phase = s->player.phase == SONO_PLAY_SCRUBBING ? "scrubbing"
                        : s->playing                           ? "playing"
                        : s->preparing                         ? "preparing"
                                                               : "stopped";
    g_autofree char *text =
        g_strdup_printf("%s position=%.3f device=%s xruns=%" G_GUINT64_FORMAT " what=%s heard=%" G_GUINT64_FORMAT
                        " sound=%" G_GUINT64_FORMAT,
                        phase, s->position_s, phase_names[s->player.output.phase], s->player.output.xruns,
                        sono_listen_names[s->what], s->playing ? s->player.sound_revision : 0, w->listening.revision);
    GAction *action = g_action_map_lookup_action(G_ACTION_MAP(w), "listening");
    g_autoptr(GVariant) before = g_action_get_state(action);
    if (!g_str_equal(g_variant_get_string(before, NULL), text)) { /* each change goes over the bus */
        window_set_state(w, "listening", g_variant_new_string(text));
    }
}

/* The device: it was there and is lost, which is news, or there never was one, which is only said quietly. */
static void show_device(SonoWindow *w)
{
    WindowListening *l = &w->listening;
    const SonoOutputState *o = &l->state.player.output;
    const gboolean lost = is_ours(w) && o->phase == SONO_OUTPUT_LOST;
    l->has_run = o->phase == SONO_OUTPUT_RUNNING || (l->has_run && o->phase != SONO_OUTPUT_CLOSED);
    if (lost && l->has_run) {
        g_autofree char *line = g_strdup_printf(_("The sound device is gone (%s). Playing goes on when it is back"),
                                                o->line[0] ? o->line : o->device);
        sono_toasts_set_standing(w->toasts, line);
    } else {
        sono_toasts_set_standing(w->toasts, NULL);
    }
}

static void show_transport(SonoWindow *w)
{
    const SonoListenState *s = &w->listening.state;
    const SonoOutputState *o = &s->player.output;
    const SonoViewState *v = sono_scene_view(window_scene(w));
    const gboolean ours = is_ours(w);
    TransportState t = {.playing = ours && is_active(w), .has_sound = w->listening.revision != 0};
    if (ours && o->phase == SONO_OUTPUT_LOST) {
        t.problem = w->listening.has_run ? _("Device lost") : _("No sound device");
        t.tip = o->line;
    } else if (ours && s->preparing) {
        t.word = _("Preparing …");
    } else if (ours && s->playing && s->what == SONO_LISTEN_SELECTION) {
        t.word = _("Selection");
    } else if (ours && s->playing && s->what == SONO_LISTEN_DELTA) {
        t.word = _("Difference");
    } else if (w->listening.comparing) {
        t.word = _("Original");
    }
    sono_transport_show(w->transport, &t, s->position_s, v->nyquist_hz * 2.0);
}

/* How long after its beginning this frame is seen: the playhead is drawn where it will be then. */
static double lead_s(SonoWindow *w)
{
    GdkFrameClock *clock = gtk_widget_get_frame_clock(GTK_WIDGET(w->stage));
    GdkFrameTimings *timings = clock ? gdk_frame_clock_get_current_timings(clock) : NULL;
    const gint64 seen_us = timings ? gdk_frame_timings_get_predicted_presentation_time(timings) : 0;
    const double lead = seen_us > 0 ? (double)(seen_us - g_get_monotonic_time()) / 1e6 : 0.0;
    return CLAMP(lead, 0.0, MOST_LEAD_S);
}

static void show_place(SonoWindow *w, gboolean in_frame)
{
    WindowListening *l = &w->listening;
    const SonoListenState *s = &l->state;
    const gboolean moves = is_ours(w) && is_active(w) && !s->preparing;
    double head_s = (double)NAN;
    if (moves) {
        head_s = s->position_s + (in_frame && s->player.sounding ? lead_s(w) : 0.0);
    }
    sono_stage_set_play(w->stage, sono_listener_cursor(l->listener), head_s);
    SonoScene *scene = window_scene(w);
    if (moves && s->playing && !sono_scene_is_dragging(scene) &&
        sono_follow_step(&l->follow, sono_scene_view(scene), s->position_s)) {
        sono_canvas_refresh(w->canvas);
    }
}

static void show_all(SonoWindow *w, gboolean in_frame)
{
    WindowListening *l = &w->listening;
    send_selection(w);
    sono_listener_poll(l->listener, &l->state);
    if (!is_ours(w)) { /* what plays is another window's */
        l->state.playing = l->state.preparing = false;
        l->state.player.phase = SONO_PLAY_STOPPED;
        l->state.player.sounding = false;
        l->state.player.meters = (SonoMeterReading){0};
    }
    if (l->state.line[0] && l->state.player.output.phase != SONO_OUTPUT_LOST) { /* show_device tells that */
        sono_window_tell(w, l->state.line, TRUE);
    }
    show_place(w, in_frame);
    l->meters_move =
        sono_meter_bars_set(sono_stage_meters(w->stage), &l->state.player.meters, l->state.player.sounding);
    show_transport(w);
    show_device(w);
}

static gboolean goes_on(const SonoWindow *w)
{
    return is_active(w) || w->listening.meters_move || w->listening.state.player.sounding;
}

static gboolean on_tick(GtkWidget *stage, GdkFrameClock *clock, gpointer data)
{
    SonoWindow *w = data;
    if (w->canvas) {
        show_all(w, TRUE);
        if (goes_on(w)) {
            return G_SOURCE_CONTINUE;
        }
    }
    w->listening.tick = 0;
    return G_SOURCE_REMOVE;
}

static gboolean on_timer(gpointer data)
{
    SonoWindow *w = data;
    window_listen_poll(w);
    if (goes_on(w)) {
        return G_SOURCE_CONTINUE;
    }
    w->listening.timer = 0;
    return G_SOURCE_REMOVE;
}

void window_listen_poll(SonoWindow *w)
{
    WindowListening *l = &w->listening;
    if (!w->canvas || !l->listener) {
        return;
    }
    show_all(w, FALSE);
    show_words(w);
    if (goes_on(w) && l->tick == 0) {
        l->tick = gtk_widget_add_tick_callback(GTK_WIDGET(w->stage), on_tick, w, NULL);
    }
    if (goes_on(w) && l->timer == 0) {
        l->timer = g_timeout_add(POLL_MS, on_timer, w);
    }
}

void window_listen_show_channels(SonoWindow *w)
{
    const SonoPlayMix mix = window_listen_mix(w);
    sono_stage_set_heard(w->stage, w->listening.muted, w->listening.solo, sizeof w->listening.muted);
    sono_speaker_set_mix(w->speaker, w, &mix);
}

/* ---- signals ---- */

static gboolean on_wake(gpointer data)
{
    SonoWindow *w = data;
    g_atomic_int_set(&w->listening.wake_pending, 0);
    window_listen_poll(w);
    return G_SOURCE_REMOVE;
}

/* Any thread. */
static void wake(void *ctx)
{
    SonoWindow *w = ctx;
    if (g_atomic_int_compare_and_exchange(&w->listening.wake_pending, 0, 1)) {
        g_idle_add_full(G_PRIORITY_DEFAULT, on_wake, g_object_ref(w), g_object_unref);
    }
}

static void on_taken(SonoWindow *w, gconstpointer by)
{
    if (by != w && is_ours(w)) {
        sono_listener_stop(w->listening.listener);
    }
}

static void on_located(SonoWindow *w, double t_s)
{
    sono_follow_resume(&w->listening.follow);
    sono_listener_seek(w->listening.listener, t_s);
    window_listen_poll(w);
}

static void on_scrubbed(SonoWindow *w, double t_s, gboolean going_on)
{
    if (!w->listening.revision) {
        return; /* still being read */
    }
    if (going_on) {
        if (!is_ours(w)) {
            window_listen_take(w);
        }
        sono_listener_scrub(w->listening.listener, t_s);
    } else {
        sono_listener_stop(w->listening.listener);
        sono_listener_set_cursor(w->listening.listener, t_s);
    }
    window_listen_poll(w);
}

void window_listen_start(SonoWindow *w)
{
    SonoError err = {0};
    WindowListening *l = &w->listening;
    if (sono_listener_new(w->engine, sono_speaker_player(w->speaker), wake, w, &l->listener, &err) != SONO_OK) {
        g_error("%s", err.message); /* no memory for an empty window */
    }
    g_signal_connect_object(w->speaker, "changed", G_CALLBACK(window_listen_poll), w, G_CONNECT_SWAPPED);
    g_signal_connect_object(w->speaker, "taken", G_CALLBACK(on_taken), w, G_CONNECT_SWAPPED);
    g_signal_connect_object(w->canvas, "located", G_CALLBACK(on_located), w, G_CONNECT_SWAPPED);
    g_signal_connect_object(w->canvas, "scrubbed", G_CALLBACK(on_scrubbed), w, G_CONNECT_SWAPPED);
    window_listen_follow_settings(w);
}

void window_listen_end(SonoWindow *w)
{
    WindowListening *l = &w->listening;
    if (l->tick) {
        gtk_widget_remove_tick_callback(GTK_WIDGET(w->stage), l->tick);
        l->tick = 0;
    }
    g_clear_handle_id(&l->timer, g_source_remove);
    if (l->listener && is_ours(w)) {
        sono_listener_stop(l->listener);
        sono_speaker_leave(w->speaker, w);
    }
    g_clear_pointer(&l->listener, sono_listener_free);
    g_clear_object(&w->speaker);
}
