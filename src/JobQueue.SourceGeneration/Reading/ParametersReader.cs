using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Reads and checks the parameters of a handler, and decides what its jobs carry.</summary>
internal sealed class ParametersReader(IMethodSymbol method, Problems problems, CancellationToken cancellationToken)
{
    private readonly List<IParameterSymbol> _plain = [];

    /// <summary>The parameters whose values come from JSON, once they were read.</summary>
    public IReadOnlyList<IParameterSymbol> Plain => _plain;

    /// <summary>Whether the one plain parameter is the arguments as a whole, and not a member of them.</summary>
    public bool IsWhole => _plain.Count == 1 && IsArgsType(_plain[0].Type);

    /// <summary>Types that callers of the enqueue method name.</summary>
    public IEnumerable<ITypeSymbol> ArgsTypes => _plain.Select(static parameter => parameter.Type);

    public (ArgsModel Args, IReadOnlyList<ParameterModel> Parameters) Read(string identifier)
    {
        var sources = method.Parameters.Select(parameter => (Parameter: parameter, Model: ReadSource(parameter))).ToList();
        if (IsWhole)
        {
            var type = Types.Read(_plain[0].Type);
            return (new ArgsModel(type, Record: null, default), [.. sources.Select(static source => source.Model)]);
        }

        if (_plain.Count == 0)
        {
            return (ArgsModel.None, [.. sources.Select(static source => source.Model)]);
        }

        var record = Identifiers.ArgsRecord(identifier);
        var members = new MembersReader(method, record, problems).Read(_plain);
        var space = method.ContainingType.ContainingNamespace;
        var name = space.IsGlobalNamespace
            ? "global::" + record
            : space.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + "." + record;
        return (
            new ArgsModel(new TypeModel(name, name, AcceptsNull: false, IsReference: true), record, new(members)),
            [.. sources.Select(source => Fill(source.Parameter, source.Model))]);
    }

    public Location PlaceOfType(IParameterSymbol parameter)
        => parameter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is ParameterSyntax { Type: { } type }
            ? type.GetLocation()
            : parameter.Place();

    private static ParameterModel Fill(IParameterSymbol parameter, ParameterModel model) => model.Source == ParameterSource.Args
        ? model with { Source = ParameterSource.Member, Property = Identifiers.ToPascalCase(parameter.Name) }
        : model;

    private ParameterModel ReadSource(IParameterSymbol parameter)
    {
        var type = Types.Read(parameter.Type);
        if (Refuse(parameter) is var (refusal, remedy))
        {
            problems.Add(Descriptors.InvalidParameter, parameter.Place(), parameter.Name, refusal, remedy);
        }
        else if (parameter.Type.Is(KnownNames.JobContext))
        {
            return new ParameterModel(ParameterSource.Context, type);
        }
        else if (parameter.Type.Is(KnownNames.CancellationToken))
        {
            return new ParameterModel(ParameterSource.CancellationToken, type);
        }
        else if (parameter.Has(KnownNames.FromServices) || parameter.Has(KnownNames.MvcFromServices))
        {
            return new ParameterModel(ParameterSource.Service, type);
        }
        else if (parameter.Find(KnownNames.FromKeyedServices) is { } keyed)
        {
            return new ParameterModel(ParameterSource.Service, type, ServiceKey: ReadKey(parameter, keyed));
        }
        else
        {
            ReadPlain(parameter);
        }

        return new ParameterModel(ParameterSource.Args, type);
    }

    private void ReadPlain(IParameterSymbol parameter)
    {
        _plain.Add(parameter);
        if (JsonReadability.Explain(parameter.Type) is { } reason)
        {
            problems.Add(Descriptors.ArgsNotSerialisable, PlaceOfType(parameter), parameter.Name, reason);
        }
        else
        {
            new MemberCheck(parameter, method.ContainingAssembly, PlaceOfType(parameter), problems).Enter(parameter.Type);
        }
    }

    private (string Refusal, string Remedy)? Refuse(IParameterSymbol parameter) => parameter switch
    {
        { RefKind: not RefKind.None } => ($"is passed by '{Show(parameter.RefKind)}'", "Pass it by value"),
        { IsParams: true } => ("is a params list, whose length the stored arguments would not keep apart from others", "Remove 'params'"),
        { Type.TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer } => ("is a pointer", "Take a value that JSON can hold"),
        { Type.IsRefLikeType: true } => ($"is of the type {parameter.Type.Show()}, which lives on the stack only", "Take an array or a list"),
        _ when parameter.Type.Is(KnownNames.JobContext) && method.Parameters.Any(other => other.Ordinal < parameter.Ordinal && other.Type.Is(KnownNames.JobContext))
            => ("is a second JobContext", "Remove it"),
        _ => null,
    };

    private static string Show(RefKind kind) => kind switch
    {
        RefKind.Ref => "ref",
        RefKind.Out => "out",
        RefKind.In => "in",
        _ => "ref readonly",
    };

    private string? ReadKey(IParameterSymbol parameter, AttributeData keyed)
    {
        var constant = keyed.ConstructorArguments.Length == 1 ? keyed.ConstructorArguments[0] : default;
        if (constant.Kind != TypedConstantKind.Error && constant.IsNull)
        {
            return null;
        }

        var key = constant.Kind == TypedConstantKind.Error ? null : Literals.Of(constant);
        if (key is null)
        {
            problems.Add(Descriptors.InvalidParameter, parameter.Place(), parameter.Name, "has a service key that is not known here", "Write the key as a constant in [FromKeyedServices]");
        }

        return key;
    }

    private static bool IsArgsType(ITypeSymbol type) => !JsonValues.Contains(type)
        && !type.IsNullableValue(out _)
        && JsonCollections.Find(type) is null
        && type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Interface };
}
