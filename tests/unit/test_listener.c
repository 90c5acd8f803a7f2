/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transport: ranges, the cursor, return to start, rolls, seeking, auditions; and that what is heard is the newest
 * sound, the other one, or what an edit took away. */
#include "listener_fixture.h"

#include <math.h>

#define FADE 240

static double cursor(const Ears *e)
{
    return sono_listener_cursor(e->listener);
}

static void set_loop(Ears *e, bool loop)
{
    SonoListenOptions options = sono_listener_options(e->listener);
    options.loop = loop;
    sono_listener_set_options(e->listener, &options);
}

/* Channel 0 of the clip from a frame on. */
static void expect_clip(const Ears *e, const SonoClip *clip, int64_t heard_at, int64_t clip_at, int64_t n,
                        const char *what)
{
    float *x = ears_read(clip, 0);
    assert_true(clip_at >= 0 && clip_at + n <= sono_clip_n_frames(clip));
    ears_expect(e, 0, heard_at, x + clip_at, n, 0.0f, what);
    sono_free(x);
}

static void from_the_cursor_to_the_end(void **state)
{
    (void)state;
    Ears e;
    ears_open(&e, 1.0f, 2 * RATE);
    sono_listener_set_cursor(e.listener, 1.25);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_poll(&e);
    assert_true(e.state.playing && !e.state.preparing);
    ears_hear(&e, 10 * RATE);
    assert_int_equal(e.n_heard, 3 * RATE / 4);
    expect_clip(&e, e.clip, 0, 5 * RATE / 4, e.n_heard, "to the end");
    ears_wait(&e, ears_has_stopped, "the end");
    assert_true(cursor(&e) == 1.25); /* Space plays it again */
    assert_true(e.state.position_s == 1.25);
    sono_listener_set_cursor(e.listener, 99.0);
    assert_true(cursor(&e) == 2.0);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND)); /* nothing is left there: from the beginning */
    ears_forget(&e);
    ears_hear(&e, RATE / 4);
    expect_clip(&e, e.clip, 0, 0, e.n_heard, "again");
    ears_close(&e);
}

static void stopping_leaves_or_returns_the_cursor(void **state)
{
    (void)state;
    for (int back = 0; back < 2; back++) {
        Ears e;
        ears_open(&e, 1.0f, 2 * RATE);
        SonoListenOptions options = sono_listener_options(e.listener);
        options.return_to_start = back;
        sono_listener_set_options(e.listener, &options);
        sono_listener_set_cursor(e.listener, 0.5);
        assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
        ears_hear(&e, RATE / 2);
        const double at_s = e.state.position_s;
        assert_true(at_s > 0.95 && at_s <= 1.01);
        sono_listener_stop(e.listener);
        ears_poll(&e);
        assert_false(e.state.playing);
        if (back) {
            assert_true(cursor(&e) == 0.5);
        } else {
            assert_true(fabs(cursor(&e) - at_s) < 0.02);
        }
        assert_true(e.state.position_s == cursor(&e));
        ears_close(&e);
    }
}

static void a_selected_time_is_played_and_resumed(void **state)
{
    (void)state;
    Ears e;
    ears_open(&e, 1.0f, 4 * RATE);
    ears_select(&e, (SonoRegion){1.0, 1.5, 0.0, RATE});
    const SonoSpan span = {(int64_t)(0.9975 * RATE), (int64_t)(0.505 * RATE)}; /* with its feathers */
    assert_true(fabs(cursor(&e) - 0.9975) < 1e-4);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_hear(&e, 4 * RATE);
    assert_true(llabs((long long)(e.n_heard - span.n_frames)) <= 1);
    expect_clip(&e, e.clip, 0, span.start_frame, e.n_heard, "selection");
    ears_wait(&e, ears_has_stopped, "its end");
    ears_forget(&e);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_hear(&e, RATE / 4);
    sono_listener_stop(e.listener);
    const double paused_s = cursor(&e);
    assert_true(paused_s > 1.2 && paused_s < 1.26);
    ears_drop(&e);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_forget(&e);
    ears_hear(&e, 1000);
    expect_clip(&e, e.clip, 0, (int64_t)(paused_s * RATE + 0.5), 1000, "goes on");
    sono_listener_stop(e.listener);
    ears_select(&e, (SonoRegion){1.1, 1.5, 0.0, RATE}); /* another selection is played from its own start */
    assert_true(fabs(cursor(&e) - 1.0975) < 1e-4);
    ears_close(&e);
}

static void it_plays_around_with_rolls(void **state)
{
    (void)state;
    Ears e;
    ears_open(&e, 1.0f, 4 * RATE);
    SonoListenOptions options = {.pre_roll_s = 0.25, .post_roll_s = 0.5};
    sono_listener_set_options(e.listener, &options);
    sono_listener_set_cursor(e.listener, 2.0);
    assert_true(sono_listener_play_around(e.listener));
    ears_hear(&e, 4 * RATE);
    assert_int_equal(e.n_heard, 3 * RATE / 4);
    expect_clip(&e, e.clip, 0, 7 * RATE / 4, e.n_heard, "around the cursor");
    ears_wait(&e, ears_has_stopped, "its end");
    assert_true(cursor(&e) == 2.0);
    ears_select(&e, (SonoRegion){0.1025, 0.4975, 0.0, RATE}); /* 0.1 to 0.5 s with feathers */
    ears_forget(&e);
    assert_true(sono_listener_play_around(e.listener));
    ears_hear(&e, 4 * RATE);
    expect_clip(&e, e.clip, 0, 0, RATE, "around the selection"); /* cut at the beginning */
    assert_true(llabs((long long)e.n_heard - RATE) <= 1);
    ears_close(&e);
}

static void looping_can_be_turned_on_and_off(void **state)
{
    (void)state;
    Ears e;
    ears_open(&e, 1.0f, 4 * RATE);
    ears_select(&e, (SonoRegion){1.0025, 1.4975, 0.0, RATE}); /* 1.0 to 1.5 s */
    set_loop(&e, true);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_hear(&e, 2 * RATE);
    assert_int_equal(e.n_heard, 2 * RATE);
    expect_clip(&e, e.clip, RATE / 2, RATE, RATE / 2 - FADE - 2, "second time");
    ears_select(&e, (SonoRegion){1.0025, 1.9975, 0.0, RATE}); /* to 2.0 s: the loop follows */
    ears_forget(&e);
    ears_hear(&e, 3 * RATE);
    int64_t n_far = 0; /* frames of the new second half */
    float *x = ears_read(e.clip, 0);
    for (int64_t i = 0; i + 100 < e.n_heard; i++) {
        n_far += memcmp(&e.heard[0][i], &x[7 * RATE / 4], 100 * sizeof *x) == 0;
    }
    sono_free(x);
    assert_true(n_far >= 2);
    set_loop(&e, false);
    ears_forget(&e);
    ears_hear(&e, 3 * RATE);
    assert_true(e.n_heard < 3 * RATE / 2);
    ears_wait(&e, ears_has_stopped, "the last time");
    ears_close(&e);
}

static void seeking_jumps_or_puts_the_cursor(void **state)
{
    (void)state;
    Ears e;
    ears_open(&e, 1.0f, 4 * RATE);
    sono_listener_seek(e.listener, 1.5);
    assert_true(cursor(&e) == 1.5);
    ears_select(&e, (SonoRegion){1.0025, 1.9975, 0.0, RATE});
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_hear(&e, RATE / 4);
    sono_listener_seek(e.listener, 1.75);
    ears_hear(&e, 4 * RATE);
    expect_clip(&e, e.clip, e.n_heard - RATE / 8, 15 * RATE / 8, RATE / 8, "to the selection's end");
    ears_wait(&e, ears_has_stopped, "its end");
    assert_true(cursor(&e) == 1.75);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_hear(&e, 1000);
    sono_listener_seek(e.listener, 3.0); /* outside: on to the sound's end */
    ears_hear(&e, 4 * RATE);
    expect_clip(&e, e.clip, e.n_heard - RATE / 2, 7 * RATE / 2, RATE / 2, "to the end");
    ears_close(&e);
}

/* The first heard frame that differs from the old sound comes soon after the edit. */
static void an_edit_is_heard_while_playing(void **state)
{
    (void)state;
    enum { N_EDITS = 15 };
    Ears e;
    double ms[N_EDITS];
    ears_open(&e, 1.0f, 20 * RATE);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_hear_paced(&e, 0.5);
    float *old = ears_read(e.clip, 0);
    for (int i = 0; i < N_EDITS; i++) {
        const int64_t at = e.n_heard;
        const double now_s = (double)at / RATE;
        ears_edit(&e, "erase", now_s - 0.1, now_s + 0.9); /* computed and handed over before this returns */
        ears_hear_paced(&e, 0.25);
        int64_t first = at;
        while (first < e.n_heard && e.heard[0][first] == old[first]) {
            first++;
        }
        assert_true(first < e.n_heard);
        ms[i] = 1e3 * (double)(first - at) / RATE;
        float *now = ears_read(e.clip, 0);
        ears_expect(&e, 0, first + 2 * FADE, now + first + 2 * FADE, e.n_heard - first - 2 * FADE, 0.0f, "the edit");
        memcpy(old, now, (size_t)(20 * RATE) * sizeof *old);
        sono_free(now);
    }
    for (int i = 1; i < N_EDITS; i++) {
        for (int k = i; k > 0 && ms[k] < ms[k - 1]; k--) {
            const double swap = ms[k];
            ms[k] = ms[k - 1];
            ms[k - 1] = swap;
        }
    }
    printf("edit landed -> heard: median %.1f ms, most %.1f ms (frames of the ring)\n", ms[N_EDITS / 2],
           ms[N_EDITS - 1]);
    assert_true(ms[N_EDITS / 2] <= 75.0);
    sono_free(old);
    ears_close(&e);
}

static void delta_is_what_the_edit_took_away(void **state)
{
    (void)state;
    Ears e;
    ears_open(&e, 1.0f, 4 * RATE);
    assert_false(sono_listener_play(e.listener, SONO_LISTEN_DELTA));
    ears_poll(&e);
    assert_string_equal(e.line, "There is no edit to hear");
    assert_string_equal(e.state.line, e.line);
    ears_poll(&e);
    assert_string_equal(e.state.line, ""); /* once */
    static const char *const operations[] = {"erase", "gain"};
    for (int i = 0; i < 2; i++) {
        ears_edit(&e, operations[i], 1.0 + i, 1.5 + i);
        float *before = ears_read(e.before, 0);
        float *after = ears_read(e.clip, 0);
        for (int64_t f = 0; f < 4 * RATE; f++) {
            before[f] -= after[f];
        }
        ears_forget(&e);
        assert_true(sono_listener_play(e.listener, SONO_LISTEN_DELTA));
        ears_hear(&e, 4 * RATE);
        assert_int_equal(e.n_heard, e.edited.n_frames);
        ears_expect(&e, 0, FADE, before + e.edited.start_frame + FADE, e.n_heard - FADE, 0.0f, "delta");
        ears_wait(&e, ears_has_stopped, "its end");
        sono_free(before);
        sono_free(after);
    }
    set_loop(&e, true);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_DELTA));
    ears_hear(&e, RATE);
    ears_undo(&e); /* of this history nothing is before it */
    ears_poll(&e);
    assert_false(e.state.playing);
    ears_close(&e);
}

static void another_sound_is_heard_as_long_as_it_is_set(void **state)
{
    (void)state;
    Ears e;
    ears_open(&e, 1.0f, 8 * RATE);
    ears_edit(&e, "erase", 0.0, 8.0);
    SonoClip *original = sono_clip_ref(e.before);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_hear(&e, RATE);
    expect_clip(&e, e.clip, 0, 0, RATE, "after");
    sono_listener_set_compare(e.listener, original);
    ears_hear(&e, RATE);
    expect_clip(&e, original, 3 * RATE / 2, 3 * RATE / 2, RATE / 2, "before");
    sono_listener_set_compare(e.listener, NULL);
    ears_hear(&e, RATE);
    expect_clip(&e, e.clip, 5 * RATE / 2, 5 * RATE / 2, RATE / 2, "after again");
    sono_listener_stop(e.listener);
    sono_clip_unref(original);
    ears_close(&e);
}

static void an_edit_is_auditioned_but_an_undo_is_not(void **state)
{
    (void)state;
    Ears e;
    ears_open(&e, 1.0f, 6 * RATE);
    const SonoListenOptions options = {.pre_roll_s = 0.25, .post_roll_s = 0.25, .auto_audition = true};
    sono_listener_set_options(e.listener, &options);
    sono_listener_set_cursor(e.listener, 5.0);
    ears_edit(&e, "erase", 2.0, 2.5);
    ears_poll(&e);
    assert_true(e.state.playing);
    ears_hear(&e, RATE / 2);
    expect_clip(&e, e.clip, 0, e.edited.start_frame - RATE / 4, RATE / 2, "first");
    ears_edit(&e, "erase", 4.0, 4.5); /* while the first is heard */
    ears_forget(&e);
    ears_hear(&e, 4 * RATE);
    const int64_t end = sono_span_end(e.edited) + RATE / 4;
    expect_clip(&e, e.clip, e.n_heard - RATE / 2, end - RATE / 2, RATE / 2, "second");
    ears_wait(&e, ears_has_stopped, "its end");
    assert_true(cursor(&e) == 5.0);
    ears_undo(&e);
    ears_poll(&e);
    assert_true(!e.state.playing && !e.state.preparing);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_forget(&e);
    ears_hear(&e, 1000);
    ears_edit(&e, "erase", 1.0, 1.5); /* does not interrupt what is played */
    ears_hear(&e, RATE / 2);
    expect_clip(&e, e.clip, 1000, 5 * RATE + 1000, RATE / 2, "goes on");
    ears_close(&e);
}

static void scrubbing_moves_the_cursor(void **state)
{
    (void)state;
    Ears e;
    ears_open(&e, 1.0f, 4 * RATE);
    for (int i = 0; i <= 40; i++) {
        sono_listener_scrub(e.listener, 1.0 + 0.01 * i);
        ears_hear_paced(&e, 0.01);
    }
    assert_true(e.state.playing);
    assert_int_equal(e.state.player.phase, SONO_PLAY_SCRUBBING);
    assert_true(e.n_heard > 0);
    sono_listener_stop(e.listener);
    ears_poll(&e);
    assert_false(e.state.playing);
    assert_true(fabs(cursor(&e) - 1.4) < 1e-9);
    ears_close(&e);
}

static void another_file_begins_anew(void **state)
{
    (void)state;
    Ears e;
    ears_open(&e, 1.0f, 4 * RATE);
    ears_select(&e, (SonoRegion){1.0, 2.0, 1000.0, 2000.0});
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SELECTION));
    ears_hear(&e, 1000);
    Flat flat = flat_noise(1, RATE, 5);
    SonoClip *other = clip_of_flat(e.store, &flat);
    sono_listener_set_compare(e.listener, other); /* no state of this sound */
    sono_listener_set_sound(e.listener, other, NULL, (SonoSpan){0, 0});
    ears_poll(&e);
    assert_true(!e.state.playing && !e.state.preparing);
    assert_true(cursor(&e) == 0.0);
    assert_false(sono_listener_play(e.listener, SONO_LISTEN_SELECTION));
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_hear(&e, 4 * RATE);
    sono_listener_set_sound(e.listener, NULL, NULL, (SonoSpan){0, 0});
    assert_false(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    assert_false(sono_listener_play_around(e.listener));
    sono_listener_seek(e.listener, 1.0);
    sono_listener_scrub(e.listener, 1.0);
    ears_poll(&e);
    assert_false(e.state.playing);
    sono_clip_unref(other);
    flat_free(&flat);
    ears_close(&e);
}

static void nothing(void *ctx)
{
    (void)ctx;
}

/* One that does not play leaves the player alone, whatever happens to its document. */
static void several_share_a_player(void **state)
{
    (void)state;
    Ears e;
    SonoError err = {0};
    SonoListenState other_state;
    SonoListener *other = NULL;
    ears_open(&e, 1.0f, 4 * RATE);
    Flat flat = flat_noise(2, RATE, 5);
    SonoClip *clip = clip_of_flat(e.store, &flat);
    assert_ok(sono_listener_new(e.engine, e.player, nothing, NULL, &other, &err), err);
    assert_true(sono_listener_play(e.listener, SONO_LISTEN_SOUND));
    ears_hear(&e, RATE / 2);
    sono_listener_set_sound(other, clip, NULL, (SonoSpan){0, 0});
    const SonoShape shape = {.kind = SONO_SHAPE_BOX, .box = {0.2, 0.6, 100.0, 900.0}};
    SonoMask mask = {0};
    assert_ok(sono_mask_add(&mask, &shape, &err), err);
    assert_ok(sono_listener_set_selection(other, &mask, -1, &err), err);
    sono_listener_set_cursor(other, 0.1);
    sono_listener_seek(other, 0.3);
    sono_listener_stop(other);
    sono_listener_poll(other, &other_state);
    assert_false(other_state.playing);
    ears_hear(&e, RATE / 2);
    sono_listener_free(other);
    ears_hear(&e, RATE);
    expect_clip(&e, e.clip, 0, 0, 2 * RATE, "undisturbed");
    sono_mask_clear(&mask);
    sono_clip_unref(clip);
    flat_free(&flat);
    ears_close(&e);
}

/* Anything at any time: it neither crashes nor hangs, and what is heard is always finite. */
static void a_monkey_at_the_keys(void **state)
{
    (void)state;
    Ears e;
    uint64_t seed = 20;
    int n_played = 0;
    ears_open(&e, 0.5f, 10 * RATE);
    for (int i = 0; i < 600; i++) {
        const double t_s = 0.01 * (double)pick(&seed, 1000);
        switch (pick(&seed, 14)) {
        case 0:
        case 1:
        case 2:
            n_played += sono_listener_play(e.listener, (SonoListenTo)pick(&seed, 3));
            break;
        case 3:
            n_played += sono_listener_play_around(e.listener);
            break;
        case 4:
            sono_listener_stop(e.listener);
            break;
        case 5:
            sono_listener_seek(e.listener, t_s);
            break;
        case 6:
            sono_listener_scrub(e.listener, t_s);
            break;
        case 7:
        case 8:
            ears_select(&e, (SonoRegion){t_s, t_s + 0.02 + 0.001 * (double)pick(&seed, 3000), 500.0,
                                         600.0 + (double)pick(&seed, 9000)});
            break;
        case 9:
            ears_edit(&e, pick(&seed, 2) ? "erase" : "gain", t_s, t_s + 0.2);
            break;
        case 10:
            sono_listener_set_compare(e.listener, pick(&seed, 2) ? e.before : NULL);
            break;
        case 11: {
            const SonoListenOptions options = {.pre_roll_s = 0.1 * (double)pick(&seed, 4),
                                               .post_roll_s = 0.1,
                                               .loop = pick(&seed, 2),
                                               .return_to_start = pick(&seed, 2),
                                               .auto_audition = pick(&seed, 2)};
            sono_listener_set_options(e.listener, &options);
            break;
        }
        case 12:
            sono_listener_set_cursor(e.listener, t_s - 1.0);
            break;
        default:
            if (pick(&seed, 8) == 0 && e.before) {
                ears_undo(&e);
            }
            break;
        }
        ears_poll(&e);
        if (e.state.playing) {
            ears_hear_paced(&e, 0.006);
        }
        for (int64_t k = 0; k < e.n_heard; k++) {
            assert_true(isfinite(e.heard[0][k]) && fabsf(e.heard[0][k]) < 8.0f);
        }
        ears_forget(&e);
        assert_true(cursor(&e) >= 0.0 && cursor(&e) <= 10.0);
        assert_true(e.state.position_s >= 0.0 && e.state.position_s <= 10.0);
    }
    assert_true(n_played > 50);
    sono_listener_set_compare(e.listener, NULL);
    sono_listener_stop(e.listener);
    ears_close(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_cursor_to_the_end),
        cmocka_unit_test(stopping_leaves_or_returns_the_cursor),
        cmocka_unit_test(a_selected_time_is_played_and_resumed),
        cmocka_unit_test(it_plays_around_with_rolls),
        cmocka_unit_test(looping_can_be_turned_on_and_off),
        cmocka_unit_test(seeking_jumps_or_puts_the_cursor),
        cmocka_unit_test(an_edit_is_heard_while_playing),
        cmocka_unit_test(delta_is_what_the_edit_took_away),
        cmocka_unit_test(another_sound_is_heard_as_long_as_it_is_set),
        cmocka_unit_test(an_edit_is_auditioned_but_an_undo_is_not),
        cmocka_unit_test(scrubbing_moves_the_cursor),
        cmocka_unit_test(another_file_begins_anew),
        cmocka_unit_test(several_share_a_player),
        cmocka_unit_test(a_monkey_at_the_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
