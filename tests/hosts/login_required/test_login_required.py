def test_the_api_answers_as_without_the_middleware(person):
    wrong = person.walk()

    assert wrong == ""


def test_an_unknown_path_is_a_problem_document(api):
    response = api.get("/api/nope/")

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"
