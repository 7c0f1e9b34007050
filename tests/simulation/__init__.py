"""The simulator: production code on simulated time, disks, threads and links; a seed is a run."""
