namespace JobQueue.SourceGeneration.Models;

/// <summary>A plain parameter of a handler, which is a member of its generated arguments.</summary>
/// <param name="Name">The parameter's name, which the JSON name is made from.</param>
/// <param name="Identifier">The name as code writes it: <c>@class</c>.</param>
/// <param name="Property">The property of the record.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">The default value as code, or null when the caller must give it.</param>
internal sealed record MemberModel(string Name, string Identifier, string Property, TypeModel Type, string? Default);
