using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Reads how generated code names a type.</summary>
internal static class Types
{
    private static readonly SymbolDisplayFormat Annotated = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public static TypeModel Read(ITypeSymbol type)
    {
        // Code that says nothing about null may pass it.
        var annotated = type is { IsReferenceType: true, NullableAnnotation: NullableAnnotation.None } ? type.WithNullableAnnotation(NullableAnnotation.Annotated) : type;
        return new TypeModel(
            annotated.ToDisplayString(Annotated),
            type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(Annotated),
            annotated.NullableAnnotation == NullableAnnotation.Annotated || type.IsNullableValue(out _),
            type.IsReferenceType);
    }
}
