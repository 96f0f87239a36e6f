using System.Reflection;
using System.Text;

namespace Compressor.Tests;

/// <summary>
/// What the library offers, listed: a change of it shows as a change of <c>PublicApi.txt</c>, which this rewrites where
/// <c>COMPRESSOR_REWRITE_API</c> names it.
/// </summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void IsAsListed()
    {
        var path = Environment.GetEnvironmentVariable("COMPRESSOR_REWRITE_API");
        var listing = Listing();
        if (path is not null)
            File.WriteAllText(path, listing);
        Assert.Equal(File.ReadAllText(path ?? Path.Combine(AppContext.BaseDirectory, "PublicApi.txt")), listing);
    }

    private static string Listing()
    {
        var text = new StringBuilder();
        foreach (var type in typeof(Lmz).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Describe(type)).Append('\n');
            var lines = type.IsEnum
                ? type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => $"{field.Name} = {field.GetRawConstantValue()}")
                : type.GetMembers(Declared).Select(Describe).OfType<string>().Order(StringComparer.Ordinal);
            foreach (var line in lines)
                text.Append("    ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string Describe(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsInterface ? "interface" : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsSealed ? "sealed class" : "class";
        var bases = type.GetInterfaces().Where(i => i.IsPublic && !i.IsGenericType).Select(Name).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            bases.Insert(0, Name(parent));
        return $"{kind} {type.FullName}{(bases.Count == 0 || type.IsEnum ? "" : $" : {string.Join(", ", bases)}")}";
    }

    /// <summary>A line for a member that others can use; null for the rest, and for what records write themselves.</summary>
    private static string? Describe(MemberInfo member)
    {
        switch (member)
        {
            case ConstructorInfo { IsPublic: true } constructor:
                return $"({Parameters(constructor)})";
            case FieldInfo { IsPublic: true } field:
                return $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}";
            case PropertyInfo property when IsOffered(property.GetMethod) || IsOffered(property.SetMethod):
                var set = property.SetMethod is { } setter && IsOffered(setter)
                    ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)) ? " init;" : " set;"
                    : "";
                return $"{(property.GetMethod?.IsStatic == true ? "static " : "")}{Name(property.PropertyType)} {property.Name} {{ get;{set} }}";
            case MethodInfo { IsSpecialName: false } method when IsOffered(method) && !method.Name.StartsWith('<')
                && method.Name is not ("PrintMembers" or "Equals" or "GetHashCode" or "Deconstruct"):
                return $"{(method.IsStatic ? "static " : method.GetBaseDefinition() != method ? "override " : "")}{Name(method.ReturnType)} {method.Name}({Parameters(method)})";
            default:
                return null;
        }
    }

    private static bool IsOffered(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true };

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : "")}{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Value(parameter.RawDefaultValue)}" : "")}"));

    private static string Value(object? value) => value switch { null => "default", false => "false", true => "true", _ => value.ToString()! };

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return $"{Name(underlying)}?";
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[]";
        var name = type.Name switch
        {
            "Void" => "void",
            "Boolean" => "bool",
            "Byte" => "byte",
            "Int32" => "int",
            "Int64" => "long",
            "UInt32" => "uint",
            "String" => "string",
            "Object" => "object",
            _ => type.Name.Split('`')[0],
        };
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
