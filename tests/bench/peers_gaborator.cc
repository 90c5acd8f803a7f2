// SPDX-License-Identifier: GPL-3.0-or-later
// Times Gaborator (https://www.gaborator.com, a C++ header, not part of this program) for tests/bench/peers.py:
// peers_gaborator SOUND.f32 ROUNDS prints one line a round, "analyse_s synthesise_s snr_db", of processor time.
#include <gaborator/gaborator.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

static double cpu_s()
{
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

int main(int argc, char **argv)
{
    FILE *f = argc == 3 ? std::fopen(argv[1], "rb") : nullptr;
    if (!f) {
        std::fprintf(stderr, "usage: peers_gaborator SOUND.f32 ROUNDS\n");
        return 2;
    }
    std::vector<float> x;
    float block[4096];
    for (size_t n; (n = std::fread(block, sizeof *block, 4096, f)) > 0;) {
        x.insert(x.end(), block, block + n);
    }
    std::fclose(f);
    const int64_t n = int64_t(x.size());
    gaborator::parameters parameters(48, 32.7 / 48000.0, 440.0 / 48000.0);
    gaborator::analyzer<float> analyzer(parameters);
    std::vector<float> y(x.size());
    for (int round = 0; round < std::atoi(argv[2]); round++) {
        gaborator::coefs<float> coefs(analyzer);
        const double start = cpu_s();
        analyzer.analyze(x.data(), 0, n, coefs);
        const double middle = cpu_s();
        analyzer.synthesize(coefs, 0, n, y.data());
        const double end = cpu_s();
        double power = 0.0;
        double error = 0.0;
        for (int64_t i = 0; i < n; i++) {
            power += double(x[i]) * double(x[i]);
            error += (double(y[i]) - double(x[i])) * (double(y[i]) - double(x[i]));
        }
        std::printf("%.6f %.6f %.2f\n", middle - start, end - middle, 10.0 * std::log10(power / error));
    }
    return 0;
}
