using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>
/// Checks that a handler can run without arguments: the jobs that an attribute makes recur carry an empty JSON object. What must be in it is
/// what the library's serializer options ask for, whose <c>RespectRequiredConstructorParameters</c> is on.
/// </summary>
internal static class RecurringArgs
{
    public static void Check(IMethodSymbol method, ParametersReader parameters, Problems problems)
    {
        foreach (var parameter in parameters.Plain)
        {
            if (parameters.IsWhole)
            {
                foreach (var need in FindNeeds(parameter.Type))
                {
                    problems.Add(Descriptors.RecurringNeedsArgs, parameters.PlaceOfType(parameter), method.Show(), need);
                }
            }
            else if (!parameter.HasExplicitDefaultValue)
            {
                problems.Add(Descriptors.RecurringNeedsArgs, parameter.Place(), method.Show(), $"the parameter '{parameter.Name}' has no default");
            }
        }
    }

    /// <summary>Nothing where a converter decides, or where the type can't be read at all, which is said elsewhere.</summary>
    private static IEnumerable<string> FindNeeds(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol named || JsonReadability.Explain(type) is not null || JsonReadability.HoldsAnyJson(type) || type.Has(KnownNames.JsonConverter))
        {
            return [];
        }

        var name = type.WithNullableAnnotation(NullableAnnotation.None).Show();
        return type.IsAbstract
            ? [$"an empty object does not say which {name} to make"]
            : JsonConstructors.FindRequired(named).Select(member => $"'{member}' of {name} must be given");
    }
}
