using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Compressor.Training.Compute;

namespace Compressor.Training.Tests.Compute;

public class ScalarOperationsTests
{
    /// <summary>The methods of TorchSharp that make a number themselves, or have the compiler make one.</summary>
    [Fact]
    public void NothingUsesOperationsWhoseNumberNobodyKeeps()
    {
        var assembly = typeof(Trainer).Assembly;
        using var image = new PEReader(File.OpenRead(assembly.Location));
        var metadata = image.GetMetadataReader();
        MethodBase[] used = [.. metadata.MemberReferences
            .Where(handle => metadata.GetMemberReference(handle) is var reference && reference.GetKind() == MemberReferenceKind.Method
                && reference.Parent.Kind == HandleKind.TypeReference) // not of generic types, which no tensor is
            .Select(handle => assembly.ManifestModule.ResolveMethod(MetadataTokens.GetToken(handle))!)
            .Where(method => method.DeclaringType?.Assembly == typeof(torch).Assembly)];
        Assert.Contains(used, method => method.Name == nameof(Tensor.addcmul_)); // the list is what it is taken for
        Assert.DoesNotContain(used, MakesANumber);

        static bool MakesANumber(MethodBase method)
        {
            Type?[] types = [.. method.GetParameters().Select(p => p.ParameterType)];
            return method.Name switch
            {
                "op_Implicit" => ((MethodInfo)method).ReturnType == typeof(Scalar),
                "op_Addition" => true,
                "op_Multiply" or "op_Division" or "op_Subtraction" => types.Any(type => type != typeof(Tensor)),
                "add" or "add_" => types.Length == (method.IsStatic ? 2 : 1),
                "addcdiv" or "addcdiv_" => types.Length == (method.IsStatic ? 3 : 2),
                "square" or "square_" or "arange" => true,
                _ => false,
            };
        }
    }

    [Fact]
    public void TheyComputeWhatTheirNamesSay()
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        Tensor x = torch.tensor([-2f, 0.5f, 3]), y = torch.tensor([1f, 2, 4]);
        Is([-1f, 2.5f, 7], x.Plus(y));
        Is([-1f, 1.5f, 4], x.Plus(1));
        Is([-4f, 1, 6], x.Times(2));
        Is([4f, 0.25f, 9], x.Squared());
        Is([0.25f, 0.5f, 3], x.AtLeast(0.25));
        Is([9f, 9, 3], x.Above(0.5, 9));
        Is([7f, 7], ScalarOperations.Full([2], 7));
        Is([0f, 4.5f, 11], x.Add(y, 2));
        Is([1f, 5.5f, 12], x.Add(1));
        Is([2f, 11, 24], x.Scale(2));
        Is([2.5f, 13, 32], x.AddProduct(y, y, 0.5));
        Is([3.5f, 14, 33], x.AddQuotient(y, y, 1));
        Is([3.5f, 14, 37], x.AddRows(torch.tensor([2L]), torch.tensor([8f]), 0.5));

        static void Is(float[] wanted, Tensor tensor) => Assert.Equal(wanted, tensor.data<float>().ToArray());
    }
}
