// The engine that the model and the trainer are written against: this file or Engine/TorchSharp/GlobalUsings.cs.
global using Compressor.Tensors;
global using Compressor.Tensors.Modules;
global using static Compressor.Tensors.torch;
