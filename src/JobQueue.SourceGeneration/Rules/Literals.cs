using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace JobQueue.SourceGeneration.Rules;

/// <summary>Writes values as code.</summary>
internal static class Literals
{
    public static string Of(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    public static string Of(double value) => value switch
    {
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        _ when double.IsNaN(value) => "double.NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture) + "d",
    };

    /// <summary>The value of an attribute's argument; null for what no code can name here.</summary>
    public static string? Of(TypedConstant constant) => constant.Kind switch
    {
        TypedConstantKind.Type when constant.Value is ITypeSymbol type => $"typeof({type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)})",
        TypedConstantKind.Primitive or TypedConstantKind.Enum when constant.Type is { } type => Of(constant.Value, type),
        _ => null,
    };

    /// <summary>A constant as code that has exactly the type.</summary>
    public static string Of(object? value, ITypeSymbol type)
    {
        type.IsNullableValue(out var underlying);
        if (value is null)
        {
            return type.IsReferenceType || !SymbolEqualityComparer.Default.Equals(type, underlying) ? "null" : "default";
        }

        return underlying.TypeKind == TypeKind.Enum ? OfEnum(value, (INamedTypeSymbol)underlying) : OfPrimitive(value);
    }

    private static string OfEnum(object value, INamedTypeSymbol type)
    {
        var name = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        var member = type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => field.HasConstantValue && Equals(field.ConstantValue, value));
        return member is null ? $"({name})({OfPrimitive(value)})" : name + "." + Identifiers.Escape(member.Name);
    }

    private static string OfPrimitive(object value) => value switch
    {
        string text => Of(text),
        char c => SymbolDisplay.FormatLiteral(c, quote: true),
        bool flag => flag ? "true" : "false",
        float.PositiveInfinity => "float.PositiveInfinity",
        float.NegativeInfinity => "float.NegativeInfinity",
        float single => float.IsNaN(single) ? "float.NaN" : single.ToString("R", CultureInfo.InvariantCulture) + "f",
        double number => Of(number),
        decimal number => number.ToString(CultureInfo.InvariantCulture) + "m",
        long number => number == long.MinValue ? "long.MinValue" : number.ToString(CultureInfo.InvariantCulture) + "L",
        ulong number => number.ToString(CultureInfo.InvariantCulture) + "UL",
        uint number => number.ToString(CultureInfo.InvariantCulture) + "U",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "default",
    };
}
