using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>The values that are written in an attribute, and where they are written.</summary>
internal sealed class AttributeValues(AttributeData attribute, CancellationToken cancellationToken)
{
    private readonly AttributeSyntax? _syntax = attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken) as AttributeSyntax;

    /// <summary>The attribute itself.</summary>
    public Location Place => _syntax?.GetLocation() ?? Location.None;

    public TypedConstant? First => attribute.ConstructorArguments.Length > 0 ? attribute.ConstructorArguments[0] : null;

    public TypedConstant? Find(string name)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
            {
                return argument.Value;
            }
        }

        return null;
    }

    public T? Find<T>(string name)
        where T : struct
        => Find(name) is { Value: T value } ? value : null;

    public Location PlaceOfFirst
        => _syntax?.ArgumentList?.Arguments.FirstOrDefault(static argument => argument.NameEquals is null)?.Expression.GetLocation() ?? Place;

    public Location PlaceOf(string name) => ExpressionOf(name)?.GetLocation() ?? Place;

    /// <summary>Where an element of a list is written.</summary>
    public Location PlaceOf(string name, int index)
    {
        var elements = ExpressionOf(name) switch
        {
            ArrayCreationExpressionSyntax { Initializer: { } list } => list.Expressions.Select(static element => element.GetLocation()),
            ImplicitArrayCreationExpressionSyntax { Initializer: { } list } => list.Expressions.Select(static element => element.GetLocation()),
            CollectionExpressionSyntax list => list.Elements.Select(static element => element.GetLocation()),
            _ => [],
        };
        return elements.ElementAtOrDefault(index) ?? PlaceOf(name);
    }

    private ExpressionSyntax? ExpressionOf(string name)
        => _syntax?.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression;
}
