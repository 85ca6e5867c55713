using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Reads and checks what a handler method gives back.</summary>
internal static class ReturnReader
{
    private const string Tasks = "System.Threading.Tasks.";

    /// <returns>The shape, and the type of the result when there is one.</returns>
    public static (ReturnModel Model, ITypeSymbol? Result) Read(IMethodSymbol method, Problems problems, CancellationToken cancellationToken)
    {
        var type = method.ReturnType;
        if (method.ReturnsVoid)
        {
            if (method.IsAsync)
            {
                problems.Add(Descriptors.AsyncVoid, PlaceOf(method, cancellationToken), method.Show());
            }

            return (new ReturnModel(IsAwaited: false, HasResult: false), null);
        }

        var name = type.OriginalDefinition.FullName();
        if (name is Tasks + "Task" or Tasks + "ValueTask")
        {
            return (new ReturnModel(IsAwaited: true, HasResult: false), null);
        }

        var isTask = name is Tasks + "Task`1" or Tasks + "ValueTask`1";
        var result = isTask ? ((INamedTypeSymbol)type).TypeArguments[0] : type;
        if (Refuse(method, result) is { } reason)
        {
            problems.Add(Descriptors.InvalidReturn, PlaceOf(method, cancellationToken), method.Show(), type.Show(), reason);
        }

        return (new ReturnModel(isTask, HasResult: true), result);
    }

    private static string? Refuse(IMethodSymbol method, ITypeSymbol result) => result switch
    {
        _ when method.ReturnsByRef || method.ReturnsByRefReadonly => "by reference",
        { TypeKind: TypeKind.Error } => null,
        { TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer } => "which is a pointer",
        { TypeKind: TypeKind.Delegate } => "which is a delegate and can't be written as JSON",
        { IsRefLikeType: true } => "which lives on the stack only",
        _ when result.OriginalDefinition.FullName() == "System.Collections.Generic.IAsyncEnumerable`1" => "which nobody would enumerate",
        _ when IsAwaitable(result) => "which would have to be awaited once more or is no task that is known here",
        _ => null,
    };

    private static bool IsAwaitable(ITypeSymbol type) => (type as INamedTypeSymbol)?.WithBases()
        .Any(static level => level.GetMembers("GetAwaiter").OfType<IMethodSymbol>().Any(static method => method.Parameters.IsEmpty)) == true;

    private static Location PlaceOf(IMethodSymbol method, CancellationToken cancellationToken)
        => method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) is MethodDeclarationSyntax declaration
            ? declaration.ReturnType.GetLocation()
            : method.Place();
}
