"""The reference kernel: a fixed piece of work, about a second, in whose CPU time costs are told.

Thirds of it are transforms and products of matrices, what numpy spends its time on, and a loop in
plain Python. Prints the seconds of CPU time it took: python tests/benchmarks/kernel.py
"""

import time

import numpy as np

TRANSFORMS, PRODUCTS, TURNS = 90, 90, 6_000_000


def transforms(turns=TRANSFORMS):
    """Sum of the power of a series of fixed noise, transformed to and fro."""
    series = np.random.default_rng(1).standard_normal(1 << 17)
    for _ in range(turns):
        series = np.fft.irfft(np.fft.rfft(series), len(series))
    return float(series @ series)


def products(turns=PRODUCTS):
    """Sum over a matrix of fixed noise after so many products with an orthogonal one."""
    noise = np.random.default_rng(2).standard_normal((400, 400))
    turned, _ = np.linalg.qr(noise)
    for _ in range(turns):
        noise = noise @ turned
    return float((noise * noise).sum())


def loop(turns=TURNS):
    """A whole number that a loop of small integers ends at."""
    state = 1
    for turn in range(turns):
        state = (state * 1103515245 + turn) & 0x7FFFFFFF
    return state


def kernel_s():
    """Seconds of CPU time of this process that one run of the kernel takes."""
    began_s = time.process_time()
    transforms()
    products()
    loop()
    return time.process_time() - began_s


if __name__ == "__main__":
    print(f"{kernel_s():.4f}")
