/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual device through the whole child: what is fed comes out with its bits, injected faults are seen as what
 * they are, and the output comes back by itself. */
#define _GNU_SOURCE
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "rt_stream.h"
#include "sono_clock.h"

static SonoOutput *new_output(void)
{
    SonoOutput *output = NULL;
    SonoError err;
    assert_ok(sono_output_new(NULL, NULL, &output, &err), err);
    return output;
}

static SonoOutputWish wish_for(const char *device, double rate_hz, int n_channels, int n_in_channels, int buffer_frames)
{
    SonoOutputWish wish = {
        .rate_hz = rate_hz, .n_channels = n_channels, .n_in_channels = n_in_channels, .buffer_frames = buffer_frames};
    (void)snprintf(wish.device, sizeof wish.device, "%s", device);
    return wish;
}

static void test_bits(void **state)
{
    (void)state;
    static const struct {
        const char *device;
        double rate_hz;
        int n_channels, buffer_frames;
        uint64_t n_frames;
    } cases[] = {
        {"virtual", 48000, 2, 256, 24000},           {"virtual:unpaced", 48000, 2, 64, 480000},
        {"virtual:unpaced", 192000, 8, 37, 400000},  {"virtual:unpaced", 44100, 64, 1024, 100000},
        {"virtual:unpaced", 48000, 1, 8192, 480000}, {"virtual:drift_ppm=300", 48000, 3, 1, 4800},
    };
    SonoOutput *output = new_output();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const SonoOutputWish wish = wish_for(cases[i].device, cases[i].rate_hz, cases[i].n_channels,
                                             cases[i].n_channels, cases[i].buffer_frames);
        RtStream stream;
        rt_stream_open(&stream, output, &wish, cases[i].n_frames + 100000);
        assert_true(stream.state.rate_hz == cases[i].rate_hz);
        assert_int_equal(stream.state.n_channels, cases[i].n_channels);
        assert_int_equal(stream.state.buffer_frames, cases[i].buffer_frames);
        rt_stream_play(&stream, cases[i].n_frames, 30.0);
        rt_stream_check(&stream, cases[i].n_frames);
        const SonoOutputState after = sono_output_state(output);
        assert_int_equal(after.starved, 0);
        assert_int_equal(after.xruns, 0);
        assert_int_equal(after.clipped + after.non_finite + after.muted, 0);
        rt_stream_close(&stream);
    }
    sono_output_close(output);
    (void)rt_wait_phase(output, SONO_OUTPUT_CLOSED, 2.0);
    sono_output_free(output);
}

/* Play silence-free sound, unchecked, for so long. */
static void play_s(RtStream *stream, double seconds)
{
    const double until_s = sono_now_s() + seconds;
    while (sono_now_s() < until_s && sono_output_state(stream->output).phase == SONO_OUTPUT_RUNNING) {
        rt_stream_turn(stream, UINT64_MAX / 2);
        (void)poll(NULL, 0, 2);
    }
}

static void test_xruns(void **state)
{
    (void)state;
    SonoOutput *output = new_output();
    const SonoOutputWish wish = wish_for("virtual:unpaced,xrun_every=10,xrun_frames=64", 48000, 2, 0, 128);
    RtStream stream;
    rt_stream_open(&stream, output, &wish, 1);
    rt_stream_play(&stream, 500000, 30.0);
    sono_output_close(output); /* the counters stay as they were */
    const SonoOutputState before = sono_output_state(output);
    (void)poll(NULL, 0, 200);
    const uint64_t n_callbacks = atomic_load(&stream.ring->n_callbacks), xruns = atomic_load(&stream.ring->xruns);
    assert_true(n_callbacks >= 500000 / 128);
    assert_int_equal(xruns, (n_callbacks - 1) / 10);
    assert_true(before.xruns > 300 && before.xruns <= xruns);
    assert_int_equal(before.phase, SONO_OUTPUT_CLOSED);
    rt_stream_close(&stream);
    sono_output_free(output);
}

static void test_unplug(void **state)
{
    (void)state;
    SonoOutput *output = new_output();
    const SonoOutputWish wish = wish_for("virtual:unplug_s=0.5", 48000, 2, 0, 0);
    RtStream stream;
    rt_stream_open(&stream, output, &wish, 1);
    for (int round = 0; round < 2; round++) {
        const double began_s = sono_now_s();
        (void)rt_wait_phase(output, SONO_OUTPUT_LOST, 4.0);
        assert_true(sono_now_s() - began_s <= 0.5 + 2.0);
        assert_non_null(strstr(sono_output_state(output).line, "does not answer"));
        const uint64_t taken = atomic_load(&stream.ring->taken); /* still mapped */
        const uint32_t epoch = stream.epoch;
        (void)rt_wait_phase(output, SONO_OUTPUT_RUNNING, 5.0);
        assert_int_equal(atomic_load(&stream.ring->taken), taken);
        rt_stream_close(&stream);
        rt_stream_attach(&stream, output, 1);
        assert_int_equal(stream.epoch, epoch + 1);
        assert_string_equal(stream.state.line, "");
    }
    rt_stream_close(&stream);
    sono_output_free(output);
}

static void test_rate_change(void **state)
{
    (void)state;
    SonoOutput *output = new_output();
    const SonoOutputWish wish = wish_for("virtual:rate_change_s=0.4", 48000, 2, 0, 0);
    static const double rates_hz[] = {48000, 44100, 48000, 44100};
    RtStream stream;
    rt_stream_open(&stream, output, &wish, 1);
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(stream.state.rate_hz == rates_hz[i]);
        assert_int_equal(stream.state.epoch, i + 1);
        const double began_s = sono_now_s();
        while (sono_output_state(output).epoch == i + 1 || sono_output_state(output).phase != SONO_OUTPUT_RUNNING) {
            assert_true(sono_now_s() - began_s < 5.0);
            (void)poll(NULL, 0, 2);
        }
        rt_stream_close(&stream);
        rt_stream_attach(&stream, output, 1);
    }
    rt_stream_close(&stream);
    sono_output_free(output);
}

/* The child of this process; waits until there is no other. */
static pid_t only_child(void)
{
    for (int i = 0; i < 500; i++) {
        char path[64], text[256];
        pid_t found = 0;
        int n = 0;
        DIR *tasks = opendir("/proc/self/task");
        assert_non_null(tasks);
        for (const struct dirent *task; (task = readdir(tasks));) {
            (void)snprintf(path, sizeof path, "/proc/self/task/%.16s/children", task->d_name);
            FILE *file = fopen(path, "r");
            char *next = text;
            text[0] = 0;
            for (bool more = file && fgets(text, sizeof text, file); more;) {
                char *end;
                const long pid = strtol(next, &end, 10);
                more = end != next;
                next = end;
                found = more ? (pid_t)pid : found;
                n += more;
            }
            if (file) {
                (void)fclose(file);
            }
        }
        (void)closedir(tasks);
        if (n == 1) {
            return found;
        }
        (void)poll(NULL, 0, 10);
    }
    fail_msg("there is no child, or there are several for 5 s");
    return 0;
}

/* The child itself dies, or stands still. */
static void test_child_lost(void **state)
{
    (void)state;
    SonoOutput *output = new_output();
    const SonoOutputWish wish = wish_for("virtual", 48000, 2, 0, 0);
    static const int signals[] = {SIGKILL, SIGSTOP, SIGSEGV};
    RtStream stream;
    rt_stream_open(&stream, output, &wish, 1);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        play_s(&stream, 0.2);
        assert_int_equal(kill(only_child(), signals[i]), 0);
        (void)rt_wait_phase(output, SONO_OUTPUT_LOST, 2.0);
        const SonoOutputState lost = sono_output_state(output);
        assert_true(lost.line[0] != 0);
        print_message("signal %d: %s\n", signals[i], lost.line);
        uint32_t epoch;
        assert_null(sono_output_acquire_ring(output, &epoch));
        (void)rt_wait_phase(output, SONO_OUTPUT_RUNNING, 5.0);
        rt_stream_close(&stream);
        rt_stream_attach(&stream, output, 1);
    }
    rt_stream_close(&stream);
    sono_output_free(output);
}

/* Nothing to open: LOST with the reason, and open again is a new try. */
static void test_refusals(void **state)
{
    (void)state;
    SonoOutput *output = new_output();
    static const struct {
        const char *device, *program, *says;
    } cases[] = {
        {"virtual:no_such_option", NULL, "options"},
        {"virtual:drift_ppm=x", NULL, "options"},
        {"virtual", "/nonexistent/sonobrush-audio", "cannot start"},
        {"virtual", "/bin/false", "stopped (exit 1)"},
        {"virtual", "/bin/true", "stopped (exit 0)"},
        {"no such device as this", NULL, "sound device"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SonoOutputWish wish = wish_for(cases[i].device, 48000, 2, 0, 0);
        wish.program = cases[i].program;
        sono_output_open(output, &wish);
        (void)rt_wait_phase(output, SONO_OUTPUT_LOST, 10.0);
        const char *line = sono_output_state(output).line;
        if (!strstr(line, cases[i].says)) {
            fail_msg("case %zu: %s", i, line);
        }
    }
    const SonoOutputWish good = wish_for("virtual", 48000, 2, 0, 0);
    sono_output_open(output, &good);
    (void)rt_wait_phase(output, SONO_OUTPUT_RUNNING, 5.0);
    sono_output_free(output);
}

/* No call waits, whatever is going on. */
static void test_never_waits(void **state)
{
    (void)state;
    SonoOutput *output = new_output();
    double worst_s = 0.0;
    for (int i = 0; i < 60; i++) {
        const SonoOutputWish wish = wish_for(i % 3 ? "virtual" : "virtual:unpaced", 44100 + i, 2, 0, 0);
        const double began_s = sono_now_s();
        if (i % 7 == 6) {
            sono_output_close(output);
        } else {
            sono_output_open(output, &wish);
        }
        (void)sono_output_state(output);
        uint32_t epoch;
        sono_output_release_ring(output, sono_output_acquire_ring(output, &epoch));
        const double took_s = sono_now_s() - began_s;
        worst_s = took_s > worst_s ? took_s : worst_s;
        (void)poll(NULL, 0, i % 10 * 10);
    }
    (void)rt_wait_phase(output, SONO_OUTPUT_RUNNING, 5.0);
    assert_true(sono_output_state(output).rate_hz == 44159.0);
    const double began_s = sono_now_s();
    sono_output_free(output);
    const double free_s = sono_now_s() - began_s;
    print_message("longest call %.1f ms, free %.1f ms\n", worst_s * 1e3, free_s * 1e3);
    assert_true(worst_s < 0.05);
    assert_true(free_s < 0.15);
}

static void test_list(void **state)
{
    (void)state;
    SonoDeviceList list;
    SonoError err;
    assert_ok(sono_device_list(NULL, &list, &err), err);
    assert_true(list.n_devices >= 1);
    assert_string_equal(list.devices[list.n_devices - 1].name, SONO_VIRTUAL_DEVICE);
    assert_int_equal(list.devices[list.n_devices - 1].max_output_channels, SONO_OUTPUT_MAX_CHANNELS);
    sono_device_list_clear(&list);
    assert_int_equal(sono_device_list("/bin/false", &list, &err), SONO_E_IO);
    assert_int_equal(sono_device_list("/nonexistent", &list, &err), SONO_E_IO);
}

static _Atomic int n_changes;

static void count_change(void *ctx)
{
    (void)ctx;
    atomic_fetch_add(&n_changes, 1);
}

static void test_changed(void **state)
{
    (void)state;
    SonoOutput *output = NULL;
    SonoError err;
    assert_ok(sono_output_new(count_change, NULL, &output, &err), err);
    const SonoOutputWish wish = wish_for("virtual", 48000, 2, 0, 0);
    sono_output_open(output, &wish);
    (void)rt_wait_phase(output, SONO_OUTPUT_RUNNING, 5.0);
    (void)poll(NULL, 0, 50);
    assert_int_equal(atomic_load(&n_changes), 2); /* opening, running */
    sono_output_open(output, &wish);
    (void)poll(NULL, 0, 50);
    assert_int_equal(sono_output_state(output).phase, SONO_OUTPUT_RUNNING); /* the same wish: nothing happens */
    assert_int_equal(atomic_load(&n_changes), 2);
    sono_output_free(output);
    const int n = atomic_load(&n_changes);
    (void)poll(NULL, 0, 100);
    assert_int_equal(atomic_load(&n_changes), n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bits),        cmocka_unit_test(test_xruns),      cmocka_unit_test(test_unplug),
        cmocka_unit_test(test_rate_change), cmocka_unit_test(test_child_lost), cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_never_waits), cmocka_unit_test(test_list),       cmocka_unit_test(test_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
