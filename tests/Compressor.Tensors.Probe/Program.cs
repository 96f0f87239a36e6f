using Compressor.Tensors.Probe;
using Compressor.Tensors.Tests;

// Prints what must be equal under every setting of the runtime's instruction-set switches.
Console.WriteLine($"kernels {KernelFingerprint.Compute()}");
foreach (var line in TrainingFingerprint.Of(TinySizes.Smallest, steps: 5))
    Console.WriteLine(line);
