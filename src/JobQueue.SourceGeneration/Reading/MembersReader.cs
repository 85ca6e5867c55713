using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Turns plain parameters into members of the generated arguments, and refuses names that can't be.</summary>
internal sealed class MembersReader(IMethodSymbol method, string record, Problems problems)
{
    /// <summary>Names that every record has a member of, or that no member may have.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "Clone", "Deconstruct", "EqualityContract", "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "PrintMembers", "ReferenceEquals", "ToString",
    };

    public List<MemberModel> Read(IReadOnlyList<IParameterSymbol> parameters)
    {
        var members = new List<MemberModel>();
        // System.Text.Json matches constructor parameters without regard to case.
        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var lastRequired = parameters.Select(static (parameter, at) => parameter.HasExplicitDefaultValue ? -1 : at).Max();
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            var property = Identifiers.ToPascalCase(parameter.Name);
            if (Refuse(property, properties) is { } reason)
            {
                problems.Add(Descriptors.InvalidMember, parameter.Place(), parameter.Name, property.Length == 0 ? "without a name" : property, record, reason);
            }

            properties[property] = parameter.Name;

            // A default in front of a required parameter, which an attribute can declare, can't be left out by callers.
            var value = parameter.HasExplicitDefaultValue && i > lastRequired ? Literals.Of(parameter.ExplicitDefaultValue, parameter.Type) : null;
            members.Add(new MemberModel(parameter.Name, Identifiers.Escape(parameter.Name), property, Types.Read(parameter.Type), value));
        }

        if (method.ContainingType.ContainingNamespace.GetTypeMembers(record, arity: 0).FirstOrDefault(IsNotGenerated) is { } existing)
        {
            problems.Add(Descriptors.ArgsRecordExists, method.Place(), method.Show(), existing.Show());
        }

        return members;
    }

    private string? Refuse(string property, Dictionary<string, string> properties)
        => property.Length == 0 || !SyntaxFacts.IsValidIdentifier(property) ? "which is no name"
            : Reserved.Contains(property) ? "which every record has"
            : property == record ? "which is the record's own name"
            : properties.TryGetValue(property, out var other) ? $"which '{other}' is already"
            : null;

    /// <summary>The analyzer also sees what the generator has made.</summary>
    private static bool IsNotGenerated(INamedTypeSymbol type) => !type.GetAttributes().Any(static attribute =>
        attribute.AttributeClass.Is("System.CodeDom.Compiler.GeneratedCodeAttribute")
        && attribute.ConstructorArguments.FirstOrDefault() is { Value: "JobQueue.SourceGeneration" });
}
