// The engine that the model and the trainer are written against: this file or Engine/Managed/GlobalUsings.cs.
global using TorchSharp;
global using TorchSharp.Modules;
global using static TorchSharp.torch;
