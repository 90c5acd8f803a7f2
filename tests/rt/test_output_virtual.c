/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The virtual device through the whole child: what is fed comes out with its bits, injected faults are seen as what
 * they are, and the output comes back by itself. */
#include <poll.h>
#include <string.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
