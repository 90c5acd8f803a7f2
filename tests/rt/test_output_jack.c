/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A JACK server whose client "loopback" gives back what is played on it (with-loopback.sh runs this beside one).
 *   bits N RATE     what is captured is what was fed, outside the fades bit for bit
 *   loss ROUNDS     the server is killed, and stopped, so many times while it plays: noticed within 2 s, and sound
 *                   again once it is back */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt_stream.h"
#include "sono_clock.h"

#define NOTICE_S 2.0
#define RETURN_S 15.0 /* for a server that has to start on a busy machine; retries come every second */
#define ENDLESS (UINT64_MAX / 2)

static int n_channels, n_rounds;
static double rate_hz;
static pid_t server;
static bool server_is_ours;

static SonoOutput *new_output(void)
{
    SonoOutput *output = NULL;
    SonoError err;
    assert_ok(sono_output_new(NULL, NULL, &output, &err), err);
    return output;
}

static SonoOutputWish loopback(int n_in_channels)
{
    return (SonoOutputWish){
        .device = "loopback", .rate_hz = rate_hz, .n_channels = n_channels, .n_in_channels = n_in_channels};
}

static void test_bits(void **state)
{
    (void)state;
    SonoOutput *output = new_output();
    const SonoOutputWish wish = loopback(n_channels);
    const uint64_t total = (uint64_t)rate_hz;
    RtStream stream;
    rt_stream_open(&stream, output, &wish, total + (uint64_t)(10 * rate_hz));
    assert_string_equal(stream.state.device, "JACK: loopback");
    assert_true(stream.state.rate_hz == rate_hz);
    assert_int_equal(stream.state.n_channels, n_channels);
    assert_int_equal(stream.state.n_in_channels, n_channels);
    assert_true(stream.state.latency_s > 0.0 && stream.state.latency_s < 0.5);
    rt_stream_play(&stream, total, 60.0);
    rt_stream_check(&stream, total);
    assert_int_equal(sono_output_state(output).starved, 0);
    rt_stream_close(&stream);
    sono_output_free(output);
}

/* The place it tells is that of the captured sound: a frame said to be heard at a time is captured after it. */
static void test_place(void **state)
{
    (void)state;
    SonoOutput *output = new_output();
    const SonoOutputWish wish = loopback(0);
    RtStream stream;
    rt_stream_open(&stream, output, &wish, 1);
    PlayRingPlace place = {0}, before = {0};
    const double until_s = sono_now_s() + 1.0;
    int n = 0;
    while (sono_now_s() < until_s) {
        rt_stream_turn(&stream, ENDLESS);
        if (play_ring_place(stream.ring, &place) && place.playing) {
            const double now_s = sono_now_s();
            if (fabs((double)place.dac_ns * 1e-9 - now_s) >= 0.5) {
                fail_msg("heard at %.3f s, told at %.3f s", (double)place.dac_ns * 1e-9, now_s);
            }
            assert_true(place.frame >= before.frame);
            assert_true(place.dac_ns >= before.dac_ns);
            before = place;
            n++;
        }
        (void)poll(NULL, 0, 1);
    }
    assert_true(n > 10);
    assert_true((double)before.frame > 0.2 * rate_hz);
    rt_stream_close(&stream);
    sono_output_free(output);
}

static void start_server(void)
{
    char shell[] = "bash", option[] = "-c", *command = getenv("SONO_JACK_COMMAND");
    char *const argv[] = {shell, option, command, NULL};
    posix_spawn_file_actions_t actions;
    assert_non_null(command);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", 2, 0), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", 2, 0), 0);
    assert_int_equal(posix_spawnp(&server, shell, &actions, NULL, argv, environ), 0);
    (void)posix_spawn_file_actions_destroy(&actions);
    server_is_ours = true;
}

static void end_server(void)
{
    assert_int_equal(kill(server, SIGKILL), 0);
    if (server_is_ours) {
        assert_int_equal(waitpid(server, NULL, 0), server);
    }
}

/* Play for a while; every frame that is taken was fed. */
static void play_s(SonoOutput *output, double seconds)
{
    RtStream stream;
    rt_stream_attach(&stream, output, 1);
    const double until_s = sono_now_s() + seconds;
    while (sono_now_s() < until_s) {
        rt_stream_turn(&stream, ENDLESS);
        (void)poll(NULL, 0, 5);
    }
    const uint64_t taken = atomic_load_explicit(&stream.ring->taken, memory_order_acquire);
    if ((double)taken < 0.2 * seconds * rate_hz) {
        fail_msg("only %llu frames in %g s (%llu callbacks)", (unsigned long long)taken, seconds,
                 (unsigned long long)atomic_load(&stream.ring->n_callbacks));
    }
    rt_stream_close(&stream);
}

static void test_loss(void **state)
{
    (void)state;
    SonoOutput *output = new_output();
    const SonoOutputWish wish = loopback(0);
    double worst_notice_s[2] = {0.0, 0.0}, worst_return_s[2] = {0.0, 0.0};
    uint32_t epoch = 0;
    sono_output_open(output, &wish);
    (void)rt_wait_phase(output, SONO_OUTPUT_RUNNING, RETURN_S);
    for (int round = 0; round < 2 * n_rounds; round++) {
        const bool stopping = round & 1;
        play_s(output, 0.5);
        assert_true(sono_output_state(output).epoch > epoch);
        epoch = sono_output_state(output).epoch;
        if (stopping) {
            assert_int_equal(kill(server, SIGSTOP), 0);
        } else {
            end_server();
        }
        const double noticed_s = rt_wait_phase(output, SONO_OUTPUT_LOST, NOTICE_S);
        assert_true(sono_output_state(output).line[0] != 0);
        assert_null(sono_output_acquire_ring(output, &epoch));
        if (stopping) {
            (void)poll(NULL, 0, 1500); /* long enough for an attempt to get stuck in it */
            assert_int_equal(sono_output_state(output).phase, SONO_OUTPUT_LOST);
            assert_int_equal(kill(server, SIGCONT), 0);
        } else {
            start_server();
        }
        const double returned_s = rt_wait_phase(output, SONO_OUTPUT_RUNNING, RETURN_S);
        print_message("%s: noticed after %.2f s, back after %.2f s\n", stopping ? "stopped" : "killed", noticed_s,
                      returned_s);
        worst_notice_s[stopping] = fmax(worst_notice_s[stopping], noticed_s);
        worst_return_s[stopping] = fmax(worst_return_s[stopping], returned_s);
    }
    print_message("%d rounds; killed: noticed after %.2f s at most, back after %.2f s; stopped: %.2f s, %.2f s\n",
                  n_rounds, worst_notice_s[0], worst_return_s[0], worst_notice_s[1], worst_return_s[1]);
    play_s(output, 0.5);
    sono_output_free(output);
    if (server_is_ours) {
        end_server();
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest bits[] = {cmocka_unit_test(test_bits), cmocka_unit_test(test_place)};
    const struct CMUnitTest loss[] = {cmocka_unit_test(test_loss)};
    if (argc == 4 && strcmp(argv[1], "bits") == 0) {
        n_channels = (int)strtol(argv[2], NULL, 10);
        rate_hz = strtod(argv[3], NULL);
        return cmocka_run_group_tests(bits, NULL, NULL);
    }
    if (argc == 3 && strcmp(argv[1], "loss") == 0 && getenv("SONO_JACK_PID")) {
        n_channels = 2;
        rate_hz = 48000.0;
        n_rounds = (int)strtol(argv[2], NULL, 10);
        server = (pid_t)strtol(getenv("SONO_JACK_PID"), NULL, 10);
        return cmocka_run_group_tests(loss, NULL, NULL);
    }
    (void)fprintf(stderr, "test_output_jack bits N RATE | loss ROUNDS, under with-loopback.sh\n");
    return 2;
}
