using JobQueue.SourceGeneration.Models;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Rules;

/// <summary>Types that are one JSON value by System.Text.Json's own converters: text, numbers, times, enums.</summary>
internal static class JsonValues
{
    private const string Services = "global::System.Text.Json.Serialization.Metadata.JsonMetadataServices.";

    private static readonly Dictionary<string, string> Converters = new(StringComparer.Ordinal)
    {
        ["System.Boolean"] = "BooleanConverter",
        ["System.Byte"] = "ByteConverter",
        ["System.Char"] = "CharConverter",
        ["System.DateOnly"] = "DateOnlyConverter",
        ["System.DateTime"] = "DateTimeConverter",
        ["System.DateTimeOffset"] = "DateTimeOffsetConverter",
        ["System.Decimal"] = "DecimalConverter",
        ["System.Double"] = "DoubleConverter",
        ["System.Guid"] = "GuidConverter",
        ["System.Half"] = "HalfConverter",
        ["System.Int128"] = "Int128Converter",
        ["System.Int16"] = "Int16Converter",
        ["System.Int32"] = "Int32Converter",
        ["System.Int64"] = "Int64Converter",
        ["System.SByte"] = "SByteConverter",
        ["System.Single"] = "SingleConverter",
        ["System.String"] = "StringConverter",
        ["System.TimeOnly"] = "TimeOnlyConverter",
        ["System.TimeSpan"] = "TimeSpanConverter",
        ["System.UInt128"] = "UInt128Converter",
        ["System.UInt16"] = "UInt16Converter",
        ["System.UInt32"] = "UInt32Converter",
        ["System.UInt64"] = "UInt64Converter",
        ["System.Uri"] = "UriConverter",
        ["System.Version"] = "VersionConverter",
    };

    /// <summary>Whether the type is a value, or a nullable one.</summary>
    public static bool Contains(ITypeSymbol type)
    {
        type.IsNullableValue(out var underlying);
        return underlying.TypeKind == TypeKind.Enum || IsBytes(underlying) || Converters.ContainsKey(underlying.FullName());
    }

    /// <summary>The values that a type needs metadata of: none when it is no value, or converts itself.</summary>
    public static IEnumerable<ValueTypeModel> Of(ITypeSymbol type)
    {
        var isNullable = type.IsNullableValue(out var underlying);
        if (!Contains(type) || underlying.Has(KnownNames.JsonConverter))
        {
            yield break;
        }

        var name = underlying.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        yield return new ValueTypeModel(name, Services + ConverterOf(underlying, name));
        if (isNullable)
        {
            yield return new ValueTypeModel(name + "?", $"{Services}GetNullableConverter<{name}>(options)");
        }
    }

    private static string ConverterOf(ITypeSymbol type, string name)
        => type.TypeKind == TypeKind.Enum ? $"GetEnumConverter<{name}>(options)" : IsBytes(type) ? "ByteArrayConverter" : Converters[type.FullName()];

    private static bool IsBytes(ITypeSymbol type) => type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte };
}
